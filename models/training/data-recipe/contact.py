# SPDX-License-Identifier: GPL-3.0-or-later
import csv,random,collections
from PIL import Image,ImageDraw,ImageFont
P='/var/tmp/texture-pack/pack/';R=random.Random(3)
rows=list(csv.DictReader(open(P+'labels.tsv'),delimiter='\t'))
by=collections.defaultdict(list)
for r in rows: by[r['label']].append(r)
labs=open(P+'label_names.txt').read().split()
t=92;cols=16
lines=[(l,2 if l=='photo' else 1) for l in labs]
H=sum(n*(t+2) for _,n in lines)
W=Image.new('RGB',(cols*(t+2)+96,H),(30,30,30));d=ImageDraw.Draw(W)
try: f=ImageFont.truetype('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',14)
except Exception: f=ImageFont.load_default(14)
y=0
for l,n in lines:
    L=by[l][:];R.shuffle(L)
    # distinct sources first
    seen=set();A=[];B=[]
    for r in L: (B if r['source_path'] in seen else A).append(r);seen.add(r['source_path'])
    L=(A+B)[:cols*n]
    d.text((4,y+10),l,fill=(255,255,120),font=f);d.text((4,y+32),f"{len(by[l])} crops",fill=(200,200,200));d.text((4,y+46),f"{len(seen)} src",fill=(200,200,200))
    for i,r in enumerate(L):
        im=Image.open(P+r['file']).convert('RGB').resize((t,t),Image.LANCZOS)
        W.paste(im,(96+(i%cols)*(t+2),y+(i//cols)*(t+2)))
    y+=n*(t+2)
W.save('/var/tmp/texture-pack/contact.png');print(W.size)
W.crop((0,0,W.size[0],H//2)).save('/var/tmp/texture-pack/cs/c0.png');W.crop((0,H//2,W.size[0],H)).save('/var/tmp/texture-pack/cs/c1.png')
