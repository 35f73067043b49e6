# SPDX-License-Identifier: GPL-3.0-or-later
# whole pack -> two uint8 arrays; random 64 px patches with scale jitter and flips
import csv,random,time,sys
import numpy as np
from PIL import Image
P=sys.argv[1] if len(sys.argv)>1 else '/var/tmp/texture-pack/pack';R=random.Random(0)
rows=[r for r in csv.DictReader(open(P+'/labels.tsv'),delimiter='\t')]
t=time.time();img=[np.asarray(Image.open(P+'/'+r['file']).convert('RGB')) for r in rows]
print(len(img),'decoded in',round(time.time()-t,1),'s',round(sum(i.nbytes for i in img)/2**20),'MiB raw')
by={}
for k,r in enumerate(rows):
    if r['split']=='train': by.setdefault(r['label'],[]).append(k)
def patch(label=None):
    k=R.choice(by[label or R.choice(list(by))]);a=img[k];n=a.shape[0]      # class-balanced
    s=R.choice((64,64,80,96,128)) if n>128 else 64                          # 1x .. 0.5x
    x,y=R.randrange(n-s+1),R.randrange(n-s+1);c=a[y:y+s,x:x+s]
    if s!=64: c=np.asarray(Image.fromarray(c).resize((64,64),Image.BOX if s==128 else Image.LANCZOS))
    if R.random()<.5: c=c[:,::-1]
    if rows[k]['label'] not in('photo','sky','water','brick','roof','panel') and R.random()<.5: c=np.rot90(c,R.randrange(4))
    return c,int(rows[k]['label_id'])
t=time.time();B=np.stack([patch()[0] for _ in range(4096)]);print('4096 patches',round(time.time()-t,2),'s mean',B.mean((0,1,2)).round(1),'std',B.std((0,1,2)).round(1))
if len(sys.argv)>2:
    W=np.zeros((20*66,30*66,3),'uint8')
    for i in range(600): W[i//30*66:i//30*66+64,i%30*66:i%30*66+64]=B[i]
    Image.fromarray(W).save(sys.argv[2])
