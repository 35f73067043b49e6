# SPDX-License-Identifier: GPL-3.0-or-later
import os,sys,hashlib,random,collections,io,pickle,warnings,glob,json
warnings.simplefilter('ignore')
sys.path.insert(0,'/var/tmp/texture-pack')
from PIL import Image
import numpy as np
from dep5 import lic
from sel import BADLIC
Image.MAX_IMAGE_PIXELS=None
OUT='/var/tmp/texture-pack/pack';Q=int(os.environ.get('Q','84'));RNG=random.Random(7)
# quotas of 256-px crops per label (None = all)
QUOTA=dict(stone=265,grass=150,soil=155,wood=230,paving=200,aerial=100,leaves=135,snow=125,sand=100,concrete=150,fabric=150,gravel=110,brick=150,rust=115,paper=80,metal=100,tiles=90,panel=90,food=60,bark=80,roof=60,lava=50,sky=60,straw=20)
CAP=dict(stone=4,grass=3,aerial=3,panel=2,soil=3,sand=4)   # crops per source
CAPD=6
def h32(s): return int(hashlib.md5(s.encode()).hexdigest()[:8],16)
def load(p):
    im=Image.open('/var/tmp/texture-pack/x/'+p)
    if im.mode in('P','PA'): im=im.convert('RGBA')
    if im.mode=='RGBA': im=Image.merge('RGB',im.split()[:3])
    return im.convert('RGB')
def ok(c,lab):
    g=c.mean(2)
    s=g.std();m=g.mean()
    lo=1.2 if lab in('snow','paper','sand','fabric','wood','sky') else 3.0
    if s<lo or m<(22 if lab!='panel' else 26) or m>(253 if lab in('snow','paper') else 247): return False
    if lab not in('snow','paper','lava','sky'):
        if ((c>250).all(2)).mean()>.12: return False
    if ((c<5).all(2)).mean()>(.25 if lab in('stone','gravel','lava') else .10): return False
    mg=(abs(c[...,0]-255)<6)&(c[...,1]<10)&(abs(c[...,2]-255)<6)
    if mg.mean()>.002: return False
    # half of the crop must not be flat while the other is detailed (UV-atlas junk)
    t=g.reshape(8,g.shape[0]//8,8,g.shape[1]//8).std((1,3)).ravel()
    if lab not in('snow','sky','paper','fabric') and (t<.6).mean()>.15: return False
    return True
def dh(c):
    g=np.asarray(Image.fromarray(c.astype('uint8')).convert('L').resize((17,16),Image.BOX)).astype(int)
    return (g[:,1:]>g[:,:-1]).ravel()
src=[l.rstrip('\n').split('\t') for l in open('/var/tmp/texture-pack/sel.tsv')]
items=collections.defaultdict(list) # label -> list of (path, lic, scale, [ (size,x,y,img) ])
hashes=[];groups=[];metas=[]
for p,lab,sc,w,h,m,li in src:
    im=load(p);w,h=im.size;sc=float(sc)
    dds=p.endswith('.dds')
    if not sc:
        mn=min(w,h)
        sc=.3125 if (mn>=2048 and dds) else .375 if mn>=2048 else .5 if mn>=1000 else (.75 if dds and mn>=512 else 1.)
        if lab=='aerial': sc=.5 if mn>=2048 else 1.
        if lab=='panel' and mn>=512: sc=.5 if mn>=1000 else 1.
    if sc!=1: im=im.resize((max(1,round(w*sc)),max(1,round(h*sc))),Image.LANCZOS)
    w,h=im.size
    a=np.asarray(im)
    wrap=False
    if dds and min(w,h)>=256 and 'terrain' in p: # 0AD terrain is tileable: wrap to a full multiple of 256
        nw,nh=-(-w//256)*256,-(-h//256)*256
        a=np.tile(a,(2,2,1))[:nh,:nw];wrap=True
    h,w=a.shape[:2]
    S=256 if min(w,h)>=256 else 128
    if min(w,h)<128: continue
    xs=[(w-S)//2] if w<1.5*S else [round(i*(w-S)/max(1,(w//S)-1)) for i in range(w//S)]
    ys=[(h-S)//2] if h<1.5*S else [round(i*(h-S)/max(1,(h//S)-1)) for i in range(h//S)]
    cand=[]
    for y in ys:
        for x in xs:
            c=a[y:y+S,x:x+S]
            if ok(c.astype(float),lab): cand.append((S,x,y,c))
    if not cand: continue
    RNG.shuffle(cand)
    items[lab].append((p,li,sc,cand))
# ---- clusters (near duplicates / recolours) so that train and val share no structure
for lab,L in items.items():
    H=[dh(np.asarray(Image.fromarray(a[3][0][3]))) for a in L]
    full=[dh(np.asarray(load(a[0]).resize((256,256),Image.BILINEAR))) for a in L]
    par=list(range(len(L)))
    def f(i):
        while par[i]!=i: par[i]=par[par[i]];i=par[i]
        return i
    F=np.array(full)
    for i in range(len(L)):
        d=(F[i+1:]!=F[i]).sum(1)
        for j in np.nonzero(d<64)[0]: par[f(i+1+int(j))]=f(i)
    mean=[np.asarray(load(a[0]).resize((8,8),Image.BOX)).reshape(-1,3).mean(0) for a in L]
    cl=[f(i) for i in range(len(L))]
    # drop exact visual duplicates
    keep=[];seen=[]
    for i in range(len(L)):
        dup=False
        for j in keep:
            if cl[i]==cl[j] and (F[i]!=F[j]).sum()<26 and abs(mean[i]-mean[j]).max()<9: dup=True;break
        if not dup: keep.append(i)
    items[lab]=[(L[i][0],L[i][1],L[i][2],L[i][3],cl[i]) for i in keep]
    print(lab,len(L),'->',len(keep),'clusters',len(set(cl)),'cand',sum(len(L[i][3]) for i in keep))
# ---- pick
sel=[]
for lab in sorted(items):
    L=items[lab];RNG.shuffle(L)
    clc=collections.Counter(a[4] for a in L)
    q=QUOTA.get(lab,100);cap=CAP.get(lab,CAPD);n=0;rnd=0;cluse=collections.Counter()
    while n<q and rnd<cap:
        any_=False
        for p,li,sc,cand,cl in L:
            if n>=q: break
            if rnd<len(cand) and cluse[cl]<max(cap*3,8):
                S,x,y,c=cand[rnd];sel.append((lab,p,li,sc,S,x,y,c,f'{lab}{cl}'));cluse[cl]+=1
                n+=1 if S==256 else .25;any_=True
        rnd+=1
        if not any_: break
print(len(sel),collections.Counter(s[0] for s in sel))
pickle.dump(sel,open('/var/tmp/texture-pack/sel.pkl','wb'))
