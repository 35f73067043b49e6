# SPDX-License-Identifier: GPL-3.0-or-later
# GIMP .pat -> png (krita-data, gimp-data-extras)
import glob,struct,os
from PIL import Image
for src in ('/var/tmp/texture-pack/x/krita-data','/var/tmp/texture-pack/x/gimp-data-extras'):
    dst=src+'/png';os.makedirs(dst,exist_ok=True)
    for p in sorted(glob.glob(src+'/usr/**/*.pat',recursive=True)):
        d=open(p,'rb').read();hs,ver,w,h,bpp=struct.unpack('>5I',d[:20])
        try: Image.frombytes({1:'L',2:'LA',3:'RGB',4:'RGBA'}[bpp],(w,h),d[hs:hs+w*h*bpp]).convert('RGB').save(dst+'/'+os.path.basename(p)[:-4]+'.png')
        except Exception as e: print(p,e)
