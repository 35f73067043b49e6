# SPDX-License-Identifier: GPL-3.0-or-later
import sys,os,hashlib
from PIL import Image
Image.MAX_IMAGE_PIXELS=None
roots=[l.strip() for l in sys.stdin if l.strip()]
ext=('.png','.jpg','.jpeg','.tga','.dds','.bmp','.rgb','.webp','.rgba')
import re
bad=re.compile(r'(_(n|s|norm|spec|nm|gm|sm|normal|normals|nrm|gloss|glow|mask|ao|height|bump|luma|shirt|pants|reflect|local|h|hm)\.|norm_no|normal|specular)',re.I)
out=open('/var/tmp/texture-pack/index.tsv','w');seen={}
for r in roots:
    for d,ds,fs in os.walk(r):
        ds.sort()
        for f in sorted(fs):
            if not f.lower().endswith(ext) or bad.search(f): continue
            p=os.path.join(d,f)
            h=hashlib.md5(open(p,'rb').read()).hexdigest()
            if h in seen: continue
            try:
                im=Image.open(p);w,hh=im.size;m=im.mode
            except Exception as e: continue
            if min(w,hh)<128: continue
            seen[h]=1
            out.write(f'{p[len("/var/tmp/texture-pack/x/"):]}\t{w}\t{hh}\t{m}\n')
