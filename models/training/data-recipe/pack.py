# SPDX-License-Identifier: GPL-3.0-or-later
import os,sys,pickle,io,collections,random,glob,hashlib,warnings,shutil,re
warnings.simplefilter('ignore');sys.path.insert(0,'/var/tmp/texture-pack')
from PIL import Image
import numpy as np
Image.MAX_IMAGE_PIXELS=None
from dep5 import lic,load
from sel import BADLIC,FIX
QT=int(os.environ.get('QT','80'));QP=int(os.environ.get('QP','78'))
R=random.Random(11);X='/var/tmp/texture-pack/x/';OUT='/var/tmp/texture-pack/pack'
shutil.rmtree(OUT,ignore_errors=True);os.makedirs(OUT+'/tex');os.makedirs(OUT+'/photo')
sel=pickle.load(open('/var/tmp/texture-pack/sel.pkl','rb'))
ent=[] # label,sub,path,lic,scale,size,x,y,img,cluster
for lab,p,li,sc,S,x,y,c,cl in sel: ent.append((lab,'',p,li,sc,S,x,y,c,cl))
# ---- sky / water (128 px native crops of endless-sky landscape photos)
sk,wa=pickle.load(open('/var/tmp/texture-pack/skw.pkl','rb'))
WATER={4,5,6,7,44,45,46,48,61,62,66,67,96,97,110,111,112,115,116,117,182,183,184,185,206,207,208,211,212,217,218,219,221,222,223,224,225,230,245,246,274,275,276,277,282,283,284,285,286,287,288,291,316,317,318,319,320,343,344,345,346,357,358,359,360,362,363,364,365,372,373,374,375,376,384,385,386}|set(range(29,39))|set(range(143,148))|set(range(248,253))|set(range(332,337))
BADSKY={56,172,38,0}
def esl(r): return lic(r)[0]
used=collections.Counter();order=list(enumerate(sk));R.shuffle(order);n=0
for i,(r,x,y,nm,s) in order:
    if i in BADSKY or used[r]>=3 or n>=430 or nm in('desert15.jpg','desert3.jpg','earthrise.jpg','canyon12.jpg'): continue
    im=Image.open(X+r).convert('RGB').crop((x,y,x+128,y+128));used[r]+=1;n+=1
    ent.append(('sky','',r,esl(r),1.,128,x,y,np.asarray(im),'es:'+r))
for i,(r,x,y,nm,s) in enumerate(wa):
    if i in WATER: ent.append(('water','',r,esl(r),1.,128,x,y,np.asarray(Image.open(X+r).convert('RGB').crop((x,y,x+128,y+128))),'es:'+r))
def big(rel,label,sc,maxn,sub='',S=256,top=None,filt=None):
    im=Image.open(X+rel).convert('RGB')
    im=im.resize((round(im.width*sc),round(im.height*sc)),Image.LANCZOS);a=np.asarray(im)
    h,w=a.shape[:2];nx,ny=max(1,w//S),max(1,h//S);C=[]
    for j in range(ny):
        for i in range(nx):
            x=round(i*(w-S)/max(1,nx-1)) if nx>1 else (w-S)//2;y=round(j*(h-S)/max(1,ny-1)) if ny>1 else (h-S)//2
            c=a[y:y+S,x:x+S]
            if c.mean()>14 and c.astype(float).mean(2).std()>(filt or 9): C.append((x,y,c))
    R.shuffle(C)
    L=FIX.get(rel.split('/')[0]) or lic(rel)[0]
    if L=='?' :
        b=os.path.basename(rel)
        for rx,p,l,cp in load(rel.split('/')[0]):
            if os.path.basename(p)==b: L=l
    if BADLIC.search(L): print('skip',rel,L);return
    for x,y,c in C[:maxn]: ent.append((label,sub,rel,L,sc,S,x,y,c,'w:'+rel))
bb='budgie-backgrounds/usr/share/backgrounds/budgie/'
big(bb+'ocean-waves.jpg','water',.5,14)
# swirls: NASA Juno / Jupiter (public domain), shipped in endless-sky
for r in sorted(glob.glob(X+'endless-sky-data/usr/share/games/endless-sky/images/land/nasa*.jpg')):
    rel=r[len(X):];nm=os.path.basename(r)
    if re.fullmatch(r'nasa[0-7]\.jpg',nm): continue
    if BADLIC.search(lic(rel)[0]): continue
    big(rel,'swirl',.8,3)
# ---- photos
ph=0
SUB={'mfield':'mountain','bwerner':'desert','dmottl':'mountain','myrabella':'coast','fields':'field','hills':'hill','loc':'city','sea':'coast','beach':'coast','water':'water','snow':'snow','station':'interior','sivael':'interior','space':'interior','industrial':'interior','clouds':'sky','sky':'sky','fog':'forest','forest':'forest','garden':'forest','path':'forest','lava':'lava','city':'city','mountain':'mountain','valley':'valley','desert':'desert','dune':'desert','badlands':'desert','canyon':'canyon','haze':'hill','tundra':'hill','dokimi':'desert'}
for r in sorted(glob.glob(X+'endless-sky-data/usr/share/games/endless-sky/images/land/*.jpg')):
    rel=r[len(X):];L=lic(rel)[0];nm=os.path.basename(r)
    k=re.match(r'[a-z]+',nm).group(0)
    if BADLIC.search(L) or k in('nasa','asteroid','earthrise','enceladus','mars','mercury','moon','peripheria'): continue
    im=Image.open(r).convert('RGB').resize((512,256),Image.LANCZOS);a=np.asarray(im)
    for x in (0,256): ent.append(('photo',SUB.get(k,k),rel,L,256/360,256,x,0,a[:,x:x+256],'es:'+rel))
for n in 'beacon-street-sunset blue-periwinkle canyon-wren casa-mila extreme-desert-hike lake-sherburne oakland-zoo-otters perched-osprey roman-colosseum singaporean-cityscape tea-gardens'.split(): big(bb+n+'.jpg','photo',.25,6,'misc')
mb='mate-backgrounds/usr/share/backgrounds/mate/nature/'
for n,s in (('Aqua',.3),('Dune',.45),('FreshFlower',.45),('Garden',.3),('LadyBird',.3),('Storm',.4),('TwoWings',.3),('YellowFlower',.3)): big(mb+n+'.jpg','photo',s,5,'macro')
for f in sorted(glob.glob(X+'lomiri-wallpapers-*/usr/share/backgrounds/*.jpg')):
    if re.search('analog|umang|Fossa|Infinite|Painting',f): continue
    w,h=Image.open(f).size;big(f[len(X):],'photo',640/min(w,h),5,'misc')
for n in 'Autumn FallenLeaf Path EveningGlow Kite OneStandsOut ColdRipple BytheWater DarkestHour'.split():
    fs=glob.glob(X+f'plasma-workspace-wallpapers/usr/share/wallpapers/{n}/contents/images/*.jpg')
    if not fs: print('none',n);continue
    f=max(fs,key=lambda q:Image.open(q).size[0]);w,h=Image.open(f).size
    big(f[len(X):],'photo',640/min(w,h),5,'misc')
for f in sorted(glob.glob(X+'gnome-recipes-data/usr/share/gnome-recipes/images/big-*'))+[X+'gnome-recipes-data/usr/share/gnome-recipes/images/'+n for n in('chinese.png','french.jpg','indian.jpg','mediterranean.png','nordic.jpg','turkish.png')]:
    w,h=Image.open(f).size;big(f[len(X):],'photo',max(.5,270/min(w,h)),4,'food')
for n in ('chelsea','coffee','astronaut'): big('python3-skimage/usr/lib/python3/dist-packages/skimage/data/'+n+'.png','photo',.9,2,'misc')
for f in glob.glob(X+'palapeli-data/usr/share/palapeli/collection/*.jpg'): w,h=Image.open(f).size;big(f[len(X):],'photo',520/min(w,h),5,'misc')
# ---- split by cluster: about 6 % of every label, photos and their sky/water crops stay on one side
bylab=collections.defaultdict(list)
for i,e in enumerate(ent): bylab[e[0]].append(i)
val=set();valcl=set()
for lab in ['photo']+sorted(bylab):
    I=bylab[lab];cl=collections.defaultdict(list)
    for i in I: cl[ent[i][9]].append(i)
    have=sum(len(v) for k,v in cl.items() if k in valcl);want=max(2,round(.06*len(I)))
    ks=sorted(cl,key=lambda k:hashlib.md5(k.encode()).hexdigest())
    if lab not in('photo',) and have==0 or have<want:
        for k in ks:
            if k in valcl or have>=want: continue
            if len(cl[k])>max(6,.5*want+2): continue
            if len(cl)<=3 and have: break
            valcl.add(k);have+=len(cl[k])
TIER=lambda l:'A' if re.match(r'(CC0|public|CC-BY-[34]\.0|MIT|Expat|Zlib|BSD)',l) and 'BY-SA' not in l else 'B' if 'BY-SA' in l else 'C'
LABS=sorted(set(bylab)-{'photo'})+['photo'];LID={l:i for i,l in enumerate(LABS)}
ver={}
for l in open('/var/tmp/texture-pack/debsizes.txt'):
    q=l.split()
    if len(q)==2 and q[1].endswith('.deb'):
        a=q[1].rsplit('/',1)[-1].split('_');ver[a[0]]=(a[1].replace('%3a',':').replace('%2b','+'),int(q[0]))
rows=[];cnt=collections.Counter();bytes_=collections.Counter()
ent.sort(key=lambda e:(LID[e[0]],e[2],e[7],e[6]))
for e in ent:
    lab,sub,p,li,sc,S,x,y,c,cl=e
    d='photo' if lab=='photo' else 'tex';k=cnt[lab];cnt[lab]+=1
    fn=f'{d}/{lab}_{k:04d}.webp';b=io.BytesIO()
    Image.fromarray(np.ascontiguousarray(c)).save(b,'WEBP',quality=QP if d=='photo' else QT,method=6)
    open(f'{OUT}/{fn}','wb').write(b.getvalue());bytes_[lab]+=b.tell()
    pk=p.split('/')[0]
    rows.append('\t'.join(map(str,[fn,'val' if cl in valcl else 'train',LID[lab],lab,sub or '-',S,TIER(li),li,pk,ver.get(pk,('?',0))[0],p.split('/',1)[1],f'{sc:.4g}',x,y,hashlib.md5(cl.encode()).hexdigest()[:8]])))
open(OUT+'/labels.tsv','w').write('file\tsplit\tlabel_id\tlabel\tsublabel\tsize\ttier\tlicence\tpackage\tversion\tsource_path\tscale\tx\ty\tcluster\n'+'\n'.join(rows)+'\n')
open(OUT+'/label_names.txt','w').write('\n'.join(LABS)+'\n')
pickle.dump((rows,ver),open('/var/tmp/texture-pack/rows.pkl','wb'))
tot=sum(bytes_.values());print('crops',len(rows),'MiB',tot/2**20,'tex',sum(v for k,v in bytes_.items() if k!='photo')/2**20)
V=collections.Counter(r.split('\t')[3] for r in rows if r.split('\t')[1]=='val');S2=collections.Counter(r.split('\t')[3] for r in rows if r.split('\t')[5]=='128')
src=collections.defaultdict(set)
for r in rows: q=r.split('\t');src[q[3]].add(q[8]+q[10])
for l in LABS: print(l,cnt[l],'src',len(src[l]),'val',V[l],'128px',S2[l],'KiB/crop',round(bytes_[l]/cnt[l]/1024,1))
print(collections.Counter(r.split('\t')[6] for r in rows))
