# SPDX-License-Identifier: GPL-3.0-or-later
import re,fnmatch,glob,os,functools
def parse(f):
    t=open(f,encoding='utf-8',errors='replace').read()
    st=[]
    for para in re.split(r'\n\s*\n',t):
        m={}
        k=None
        for l in para.split('\n'):
            if re.match(r'^[A-Za-z-]+:',l):
                k,v=l.split(':',1);k=k.lower();m[k]=v.strip()
            elif k and l[:1] in ' \t': m[k]+='\n'+l.strip()
        if 'files' in m: st.append((m['files'].split(),m.get('license','?').split('\n')[0].strip(),m.get('copyright','').replace('\n','; ')))
    return st
@functools.lru_cache(None)
def load(pkg):
    fs=glob.glob(f'/var/tmp/texture-pack/x/{pkg}/usr/share/doc/{pkg}/copyright') or glob.glob(f'/var/tmp/texture-pack/x/{pkg}/usr/share/doc/*/copyright')
    st=parse(fs[0]) if fs else []
    out=[]
    for pats,l,c in st:
        for p in pats: out.append((re.compile(fnmatch.translate(p)),p,l,c))
    return out
def lic(rel):
    """rel = path under /var/tmp/texture-pack/x ; returns (licence, copyright, pattern)"""
    pkg=rel.split('/')[0];parts=[q for q in rel.split('/')[1:] if q!='unz' and not q.endswith('.unz')]
    suf=['/'.join(parts[i:]) for i in range(len(parts))]
    suf+= [s.replace('.cached.dds','') for s in suf if s.endswith('.cached.dds')]
    best=None
    for rx,p,l,c in load(pkg):
        if p=='*': hit=True
        elif p.startswith('debian/'): hit=False
        elif '/' in p: hit=any(rx.match(s) for s in suf)
        else: hit=any(rx.match(s) for s in suf if '/' not in s) and '*' not in p
        if hit: best=(l,c,p)
    return best or ('?','','')
if __name__=='__main__':
    import sys,collections
    C=collections.Counter()
    for l in open('/var/tmp/texture-pack/index.tsv'):
        r=l.split('\t')[0]
        C[(r.split('/')[0],lic(r)[0])]+=1
    for k,v in sorted(C.items()): print(v,*k)
