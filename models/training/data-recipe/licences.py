# SPDX-License-Identifier: GPL-3.0-or-later
import csv,collections,sys,glob,re
sys.path.insert(0,'/var/tmp/texture-pack')
from dep5 import lic
rows=list(csv.DictReader(open('/var/tmp/texture-pack/pack/labels.tsv'),delimiter='\t'))
P=collections.defaultdict(list)
for r in rows: P[r['package']].append(r)
NOTE={'0ad-data':'Wildfire Games, CC-BY-SA 3.0 (art/LICENSE.txt: link to http://www.wildfiregames.com/ and the licence; some textures derive from CGTextures material that CGTextures allowed to be released under CC-BY-SA)',
'nexuiz-textures':'Alientrap, Lee Vermeulen and the Nexuiz authors (evillair, Georges "TRaK" Grondin and others), GPL-2+',
'python3-skimage':'brick, grass, gravel CC0 (from cc0textures); chelsea, coffee CC0; astronaut public domain (NASA); stated in skimage/data/_fetchers.py',
'plasma-workspace-wallpapers':'debian/copyright: GPL-2+ (KDE Visual Design Group); each wallpaper\'s metadata.json names its author and LGPLv3',
'krita-data':'Krita team, patterns by David Revoy and Ramon Miranda (debian/copyright catch-all: GPL and LGPL)',
'supertuxkart-data':'where debian/copyright has no stanza for the file its catch-all GPL-3+ is given'}
o=open('/var/tmp/texture-pack/pack/LICENSES.md','w')
o.write('''# Sources and licences of this texture pack
Every crop is listed in labels.tsv with its package, version, source path, crop box, licence and tier.
Tier A: CC0, public domain, CC-BY, MIT/Expat, Zlib, BSD. Tier B: CC-BY-SA 3.0/4.0. Tier C: GPL-2+, GPL-3+, LGPL.
No file under a GPL-2-only, GFDL, Unsplash, NC or ND licence is in the pack. All crops were changed (cut out, scaled,
recompressed). Licence texts: /usr/share/common-licenses and each package's /usr/share/doc/PACKAGE/copyright.

| package | version | crops | sources | tiers | licences |
| --- | --- | --- | --- | --- | --- |
''')
for p in sorted(P,key=lambda k:-len(P[k])):
    L=P[p];t=collections.Counter(r['tier'] for r in L);l=collections.Counter(r['licence'] for r in L)
    o.write(f"| {p} | {L[0]['version']} | {len(L)} | {len(set(r['source_path'] for r in L))} | {' '.join(f'{k}:{v}' for k,v in sorted(t.items()))} | {', '.join(f'{k} ({v})' for k,v in l.most_common())} |\n")
o.write('\n## Authors (from debian/copyright, per package and licence)\n')
for p in sorted(P):
    o.write(f'\n### {p}\n')
    if p in NOTE: o.write(NOTE[p]+'\n')
    A=collections.defaultdict(collections.Counter)
    for s in sorted(set(r['source_path'] for r in P[p])):
        l,c,_=lic(p+'/'+s)
        if c: A[l][re.sub(r'\s+',' ',c)]+=1
    for l in sorted(A):
        for c,n in A[l].most_common(): o.write(f'- {l}: {c[:400]} ({n} sources)\n')
o.close();print(open('/var/tmp/texture-pack/pack/LICENSES.md').read()[:3800])
