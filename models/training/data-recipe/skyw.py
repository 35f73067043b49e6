# SPDX-License-Identifier: GPL-3.0-or-later
import sys,glob,os,collections
sys.path.insert(0,'/var/tmp/texture-pack')
from dep5 import lic
from PIL import Image,ImageFilter
import numpy as np
from sel import BADLIC
B='/var/tmp/texture-pack/x/endless-sky-data/usr/share/games/endless-sky/images/land/'
sk=[];wa=[];C=collections.Counter()
for p in sorted(glob.glob(B+'*.jpg')):
    n=os.path.basename(p);rel=p[len('/var/tmp/texture-pack/x/'):];l=lic(rel)[0];C[l]+=1
    if BADLIC.search(l): continue
    if any(n.startswith(k) for k in('station','sivael','space','asteroid','moon','mars','industrial','loc','peripheria','earthrise','mercury','enceladus','night')): continue
    im=Image.open(p).convert('RGB');a=np.asarray(im).astype(float)
    if n.startswith('nasa'): continue
    for i in range(5):
        x=i*144+8
        c=a[4:132,x:x+128];g=c.mean(2)
        gy=np.abs(np.diff(g,axis=0)).mean();gx=np.abs(np.diff(g,axis=1)).mean();s=g.std()
        # smooth but structured, no hard edges
        big=(np.abs(np.diff(g,axis=0))>28).mean()+(np.abs(np.diff(g,axis=1))>28).mean()
        if s>7 and g.mean()>55 and big<0.0015 and max(gx,gy)<4.5 and gx>0.35: sk.append((rel,x,4,n,round(s,1)))
        if n[:5] in('water','beach') or n[:3]=='sea' or n.startswith('myrab'):
            for y in (228,):
                c=a[y:y+128,x:x+128];g=c.mean(2)
                if g.std()>5 and g.mean()>30: wa.append((rel,x,y,n,0))
print(C);print(len(sk),len(wa))
def sheet(L,out,cols=18,t=84):
    W=Image.new('RGB',(cols*(t+2),((len(L)+cols-1)//cols)*(t+12)))
    from PIL import ImageDraw
    d=ImageDraw.Draw(W)
    for i,(r,x,y,n,s) in enumerate(L):
        W.paste(Image.open('/var/tmp/texture-pack/x/'+r).convert('RGB').crop((x,y,x+128,y+128)).resize((t,t)),((i%cols)*(t+2),(i//cols)*(t+12)))
        d.text(((i%cols)*(t+2),(i//cols)*(t+12)+t-1),f'{i} {n[:10]}',fill=(255,255,255))
    W.save(out);print(W.size)
import pickle
pickle.dump((sk,wa),open('/var/tmp/texture-pack/skw.pkl','wb'))
sheet(sk,'/var/tmp/texture-pack/cs/sk.png');sheet(wa,'/var/tmp/texture-pack/cs/wa.png')
