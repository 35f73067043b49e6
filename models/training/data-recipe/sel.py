# SPDX-License-Identifier: GPL-3.0-or-later
# -*- coding: utf-8 -*-
import re,sys,collections,warnings
warnings.simplefilter('ignore')
sys.path.insert(0,'/var/tmp/texture-pack')
from dep5 import lic
from exc import EXC
R=[]
MOVE={}
def add(label,rx,scale=None,x=None,L=0): R.append((label,re.compile(rx),scale,re.compile(x) if x else None,L))
# ---------- UFO:AI
U='ufoai-textures/.*/textures/'
N=U+'tex_nature/'
add(None,N+'(grass003_way|grass_mowed_dry_a_k1|dirt_se(04|05|10|11|12|13)|leaves|icefloor|tile_|water2|water_green|potatoes|water)')
add('sand',N+'(desert00[346789]|sand|desert\.)'); add('soil',N+'(desert001|dirt|drymud|soil|rockyground|sp_ground|wood_chips)')
add('stone',N+'(desert00[25]|pjrock|rock0|stone001)'); add('grass',N+'grass'); add('leaves',N+'(hedge|jungle|flower)')
add('gravel',N+'railway'); add('snow',N+'(snow|ice0)'); add('bark',N+'tree(00|_bark)'); add('wood',N+'tree_chopped')
T=U+'tex_terrain/'
add('soil',T+'desert'); add('grass',T+'(grass|mountain|tropical|dummy)')
M=U+'tex_material/'
add(None,M+'(metall010\.|metall011|metall021|metal013|wood004|wood005)')
add('metal',M+'(metal001|metal002|metal012|metall002|metall00[789]|metall010a|metall01[45]|window_grey)'); add('rust',M+'metall?0'); add('wood',M+'(s_)?wood'); add('concrete',M+'conc')
B=U+'tex_buildings/'
add('fabric',B+'carpet0',x='carpet0(03|07|10|11|12|13|14|20|22|23|24)'); add('concrete',B+'concrete',x='concrete(012|013|014|019|020|021|023|_slabs|0[0-9]+dark)')
add('paving',B+'(floor_se0|paving|floor033|floor020|floor021|floor001|sidewalk|concrete_slabs)'); add('wood',B+'(floor002|floor022|floor02[678]|floor03[4-9]|floor_wood|wizwood|woodceiling|wall_wood)')
add('roof',B+'roof',x='roof004|roof006|roof007'); add('metal',B+'roof00[67]'); add('brick',B+'(wall_brick|wall04[1-4]|wall_?5_4|streetbrick|wall055|metal_window)')
add('tiles',B+'(floor00[89]|floor01[0-9]|floor_?03[0-1]|floor029|tile0|floor10|window01[23])'); add('concrete',B+'(wall_dirt|ground_dirt1|wall_stone_dirt|wall_se|wall02[0-9]|wall030|wall013|cementwall\.|cemdrk|e8crete|wall007|metceil|wall019)',x='wall02[1458]|btm')
add('metal',B+'(metal02|metal_duct|mtl_gray|pewter|met_panel|wall_tabl|wall_tab)'); add('rust',B+'(rustpipes|surface2)'); add('paper',B+'wallpaper0(0[123]|11|12|14)')
A=U+'tex_mattn/'
add('bark',A+'bark'); add('brick',A+'(brick|wall003|wall05[345]|wall070|wall079|wall_bricks|wall088)',x='wall_grates'); add('concrete',A+'(concrete|wall028|wall029|wall026|wall027|wall081|wall050|wall073|wall075|stone002|wall068|wall023)',x='concrete004|wall026')
add('soil',A+'(dirt00|ground_dirt)'); add('paving',A+'(floor009|floor011|wall010|wall067)'); add('stone',A+'(rock00|marmor|floor00[78])'); add('fabric',A+'(floor01[34]|jute)'); add('gravel',A+'floor02[789]')
add('grass',A+'grass'); add('leaves',A+'hedge'); add('metal',A+'(metal5|metal3|wall089|container001)'); add('rust',A+'(metal_rust|rust)'); add('roof',A+'roof'); add('straw',A+'(straw|dung)'); add('wood',A+'wood',x='wood002|wood004|wood018|wood024|wood013'); add('tiles',A+'floor024'); add('wood',A+'(wall03[34]|wall078|wall048)'); add('fabric',A+'minigolf')
C=U+'tex_ctp1/'
add('gravel',C+'(asphalt|pebbles|rocks)'); add('bark',C+'bark'); add('brick',C+'bricks'); add('concrete',C+'(concrete|stucco)',x='concrete_y|concrete_b|concrete_r'); add('soil',C+'(dirt|ground_b|ground_g|ground_m)'); add('grass',C+'grass_g'); add('leaves',C+'hedge'); add('stone',C+'(marble|volcano)'); add('metal',C+'metal'); add('roof',C+'roof'); add('sand',C+'sand'); add('tiles',C+'tiles'); add('paper',C+'wallpaper'); add('wood',C+'wood'); add('fabric',C+'curtain')
add('fabric',U+'tex_furniture/(textil|couch_[de]|jap_carpet)'); add('straw',U+'tex_misc/(straw|bungalow)'); add('wood',U+'tex_misc/(laminate|barrel2)'); add('metal',U+'tex_misc/(stainless|container00[12])')
add('wood',U+'tex_misc/box0(19|20|13)'); add('gravel',U+'tex_streets/(street001|base\.)')
add('fabric',U+'tex_pics/art_africa',x='.')
# ---------- 0 A.D.
Z='0ad-data/unz/art/textures/terrain/types/'
Q='[^/]*$'
add(None,Z+'(grid|colors|[a-z]*/?shore|.*norm|.*depth|.*(black|white)ness|water|blue|.*desert_city_til.*_b|temp_forest_mod|LavaTest0[56]|.*beach_v|.*ocean|neon|.*sea_cora|.*corral|tropic_swamp)')
ZP='(?:.*/)?'
add('lava',Z+'Lava'); add('snow',Z+ZP+'(?=[^/]*(snow|ice_|polar_ice|ice\.|glac|alpine_cliff_s))'+Q,x='(norm)'); add('wood',Z+ZP+'bridge_wood')
add('paving',Z+ZP+'(?=[^/]*(paving|city_til|citytil|city_pav|tile_a|tile_b|road_rom|road_brok|road_tropic))'+Q); add('soil',Z+ZP+'(?=[^/]*(farmland|furrows))'+Q)
add('stone',Z+ZP+'(?=[^/]*(cliff|mountain|rock_meta|cave_walls|fissures|ocean_rock|rock_moss))'+Q); add('leaves',Z+ZP+'(?=[^/]*(forest|plants|shrub|flora|fern|seaweed|sea_weed|coral|riparian|swamp|tundra|highlands|medit_grass_wild|rocks_grass|rocks_plants|rocks_shrubs|rocks_gr|beach_scrub|grass_wild))'+Q)
add('grass',Z+ZP+'(?=[^/]*(grass|Grass|peat))'+Q); add('gravel',Z+ZP+'(?=[^/]*(gravel|pebbles|shoreline_stone|river_ro|road|rocks_we|rocks\.|shore_r|stones|pebble|riverrock))'+Q)
add('sand',Z+ZP+'(?=[^/]*(sand|beach|dune|wave|sahara|desert_rough|wash))'+Q); add('soil',Z+ZP+'(?=[^/]*(dirt|mud|clay|ground|lakebed|Dirt|scrub|path))'+Q)
G='0ad-data/unz/art/textures/skins/gaia/'
add('stone',G+'(stone_|slab_|temp_stone|stonequarr|metal_(alp|des|gran|medi|savan|temp|trop)|geo_water)',x='(_ao|cliff|geo_water|scand_ao)')
# ---------- Red Eclipse
E='redeclipse-data/.*/data/'
W=E+'wicked/'
add(None,W+'.*z\.jpg'); add('brick',W+'(highqualitybrick|wickedbrickmoss|wickedstone1[0-9])'); add('paving',W+'(stone0|wickedstone|wickedsquare)',x='[ns]\.jpg'); add('grass',W+'wickedgrass'); add('soil',W+'wickedground'); add('snow',W+'wickedsnow0[12]'); add('stone',W+'(wickedrock|wickedmarble0|wickedmarble|wickedmisc9)',x='rock14|rock16|[ns]\.jpg'); add('rust',W+'(wickedmetal1|metal01d|wickedmetal5)'); add('metal',W+'wickedmetal[034]')
add('grass',E+'(jojo/grass0|appleflap/.*grass)'); add('stone',E+'(jojo/redrock0[1-4]\.|philipk/.*rock01_c|unnamed/.*rock0)'); add('sand',E+'(jojo/sand01|philipk/.*sand01_c)'); add('gravel',E+'(jojo/debris|freezurbern/.*asphalt|luckystrike/.*asphalt)'); add('snow',E+'(jojo/snow02|appleflap.*snow)'); add('fabric',E+'jojo/carpet')
add('wood',E+'(dziq/.*boards|freezurbern/.*wood_c|mikeplus64.*wood_c|luckystrike.*wood_c)'); add('brick',E+'(dziq/brick_wall|.*/bricks_c|unnamed/brick01|jojo/paintedbrick)'); add('paving',E+'(dziq/.*dq_stones|unnamed/.*stone01)'); add('soil',E+'dziq/.*dryone'); add('rust',E+'(dziq/.*metal_rusty|unnamed/.*metal06)'); add('concrete',E+'(luckystrike/.*conc|.*dirtyconcrete|dziq/.*concrete)',x='blue|red\.')
# ---------- SuperTuxKart
S='supertuxkart-data/.*/data/(textures|tracks/[^/]*|library/[^/]*)/'
add(None,S+'.*(glossy|_alpha|preview|_unlit|PbrData|ibl)')
add('paving',S+'(HortonStone7|HortonStone6|HortonRockWall|Paving_stones|roadRoundBrick|stk_generic_brickRoad|3td_BrickOldRound|stktex_generic_cobbleStoneA|stktex_generic_stoneWallA|stktex_generic_aztekWall|stktex_generic_waterAztek|stonewall|stonetex|castelwall|stk_generic_hexaBasalt|pyramidwall|stk_generic_wallRock)')
add('brick',S+'(brick1\.|beige_bricks|city_bricks|dirtbrick|stk_generic_brickA|stk_generic_oldbricks|brick_wall_06)')
add('roof',S+'(Tileroof|stk_generic_asianRoof_a|hut_roof|roof_3\.|lighthouseRoof)')
add('rust',S+'(metal_rusted\.|metal_rusted_circle|stk_metalRustedBlue|stkt_rustedMetal|bronze|stk_generic_corrugated|metaldirt)'); add('metal',S+'(stk_generic_ironA|stk_greyMetal|ribbed_steel|metal_ground\.|metal\.jpg|stk_blueMetal|stk_lightGray|bomber_metal|stk_redMetal|metal_plates)')
add('bark',S+'(oakbark|TiZeta_bark|stktex_treeBark|palmBark|tree_zen\.|fir_bark|stktex_palmTreeBark|palmtree\.|hd_palmTreeBark|trees_bark_001|tree_stumps\.)'); add('wood',S+'(stktex_generic_Wood|stktex_generic_WoodA|wood_planks1\.|oldWood|wall_wood1|JapanwoodBridge|woodBridge\.|dark-wall-wood|wood\.jpg|logs\.)')
add('lava',S+'(lava|stktex_generic_lava|magma\.|blackrock_lava)',x='magma_sky')
add('snow',S+'(snow\.|stk_generic_snow|snowrock|snowyrock|stk_generic_rockSnow|stktex_earthSnow|stk_generic_ice_a|stktex_frozenWaterFall_a\.|greenice|ice\.png|stktex_snowRock|Ice03_col)')
add('stone',S+'(rock_gr|rock_brown|rock\.|rock1\.|rock02\.|rockwall|rockmountain|rockMountain\.|stk_generic_rock|stk_generic_bedRock_a|stk_generic_brownRock|stk_karstRock|stktex_cliff|stktex_generic_rockA|stktex_generic_underwaterRock|stktex_generic_waterRock|city_rock|redrock|rockred|blackrock|black_rock|mine_rock|mossy_stone|hd_rock_01|rockwaterfall|stktex_generic_coral|stk_grasscliff|stktex_stonePurple|cavrern|wall_rock)')
add('tiles',S+'(stktex_generic_tiles|bow_tile|tile3b)'); add('stone',S+'stktex_generic_marble')
add('concrete',S+'(city_concrete|concrete2|concrete\.|stktex_generic_concrete|stktex_generic_waterConcrete|stk_generic_plaster|stk_generic_greyWall|cottage_wall|concrete_plain|windmill_wall|wallDark|wall\.jpg|hacienda_ground\.)')
add('soil',S+'(dirt\.|stk_generic_dirt[AR]|stk_genericMineEarth|stk_genericMineRoad|stktex_generic_earth|cracked-earth|earth\.|road_dirt|red_dirt|yellow_dirt|canyon_dirt|Ground010|mine_road\.jpg|stk_generic_dirtRoad)'); add('sand',S+'(sand|stk_generic_sand)',x='sandgrass|gfx_|sandred'); add('grass',S+'(racetrack_grass|grass2|grass3|grass_dark|grass\.jpg|grass4|stk_generic_grass|sandgrass|stk_generic_dirtGrass)'); add('leaves',S+'(forest_floor|leaves2|mossy_wall|leaves_dry|grass_forestFloor_big)')
add('gravel',S+'(stktex_generic_gravel|stklama_gravel|city_ground|pebbles|stk_generic_gravalSnow|city_asphalt|tarmac\.|racetrack_asphalt)'); add('fabric',S+'(stk_generic_carpet|carpet\.jpg|stk_generic_colorfabric|stktex_pinkRibbon|stk_generic_plasticFabric|stktex_pupleCarpet|stkflag_leather|stk_generic_wicker)'); add('straw',S+'(stklib_hayBall|stktex_hayFiber)'); add('paper',S+'(stk_generic_paper|stk_wallpaperOld|wallpaper_mansion)')
add('sky',S+'(sky\.jpg|sky2\.jpg|sky3\.jpg|summersky_[ewtb]|genericskybox_|blue_sky_|sky_top|sky_(est|nord|ovest|sud)|sky-m|winter_sky_|racetrack_sky)',x='racetrack_sky')
# ---------- nexuiz
X='nexuiz-textures/.*/textures/'
TD=X+'(terrain_data|terraintex)/'
add('soil',TD+'(dirt01|ground0|mudground|rockyground)'); add('grass',TD+'grass'); add('snow',TD+'(frozen|snow)'); add('leaves',TD+'(leafs|moss)'); add('gravel',TD+'gravel'); add('stone',TD+'rock'); add('sand',TD+'sand')
add('brick',X+'(desertfactory_stone/bricks0[12]\.|evil2_basewall/dirtybrick\.|evil4_walls/(rbrick\.|d_brnbric)|evil1_walls/stonewall|e7/e7bricks01)'); add('concrete',X+'(desertfactory_stone/(concrete0[23]|white)|evil1_walls/(cementwall\.|cemold\.|smt_cemwall|drk_cem)|evil3_walls/ceil|dsi_?.*/cretebase|e8crete|eX/eX_crete(base|wall)|trak4/.*conc|evil2_basefloor/flr_cemtile\.)'); add('roof',X+'(desertfactory_wood/roof|evil3_roofs/s_roof)'); add('wood',X+'(desertfactory_wood/wood|egyptsoc_mat/wood|evil1_woods/|evil3_floors/woodvfloor|evil4_walls/wood|e7/e7panelwood)',x='crude')
add('sand',X+'desertfactory_stone/sand'); add('paving',X+'egyptsoc_(wall/stone0[134]|floor/block0)'); add('rust',X+'(eX/eXmetalBase0|evil1_metals/mtl_rst|rustymetal)'); add('metal',X+'(evil1_floors/metalflr1|evil1_floors/mtl_)'); add('bark',X+'bark'); add('lava',X+'(evil1_liquids/lava|liquids/|evil8_fx/.*lava|e7/e7sfx_lava)'); add('fabric',X+'evil1_floors/carpet_drty\.')
add('rust',X+'trak4/[^/]*(rust[12]|paint_|painted)'); add('concrete',X+'trak4/[^/]*plaster[123]'); add('brick',X+'trak4/[^/]*brick[12]'); add('wood',X+'trak4/[^/]*wood1'); add('tiles',X+'trak4/[^/]*tile[123][a-c]'); add('metal',X+'(e8/e8(metal|_base|base|clangfl)|eX/eX_clangfl|trak5/(base1|ribs1))[^/]*'); add('panel',X+'(trak5|trak4|eX|e8|evil4_d_techwalls|evil8_floor|evil8_base|evil4_techfloors)/',x='_(light|glow)|light|jumppad|spawn|logo|sign|door|trim|launch|arrow|warning|crete|circle|decal|grate|fan|comp|switch|lava|beam|stripe|exit|help|iso[123]|wing|pills|theater|wallpaint|tfloor|evilspac|rail|xgirder|glass|pipe|graypanel|trisec|tech_win|thingy|ceil1|tech_dw2|tech_dwb|vertpanel')
add('panel','redeclipse-data/.*/data/(philipk/pk0[12]|unnamed)/.*',x='light|sky|space|norm|spec|computer|door|switch|trim|pipes|rock01|sand01|stone01|brick|rock0|misc|_z|sign|barrel|flag|cloud|_ad?\.png|_add|_i\.|_g\.|retile|glass|cylind|grate|grille|solar|unnamedpan|darkness|panels-[a-e]|_cyl|gra_fl|_i\b|lum')
# ---------- openarena
O='openarena-081-textures/.*/textures/'
add('metal',O+'base_floor/(clang_floor|diamond2c|proto_grate)?clang_floor\\.'); add('concrete',O+'acc_dm3/(concrt\.|concrtcra|wall_dirt)'); add('soil',O+'acc_dm3/(mud02|mud02b)\.'); add('rust',O+'acc_dm3/rust\.'); add('sand',O+'acc_dm3/sand\.'); add('stone',O+'(.*pjrock|.*marble02|base_.*/rock|clown/rock0)'); add('leaves',O+'.*nki_fores'); add('lava',O+'liquids/(lava|proto).*'); add('brick',O+'.*street(bri|brick)'); add('snow',O+'ice/(snowey|icecube|caverock)')
# ---------- ETR
Y='extremetuxracer-data/.*/terrains/'
add('soil',Y+'(dirt01|mud01|floor0)'); add('grass',Y+'grass0'); add('snow',Y+'(ice|icy|snow)'); add('paving',Y+'pave'); add('gravel',Y+'pebbles'); add('stone',Y+'rock'); add('sand',Y+'sand')
# ---------- FlightGear
F='flightgear-data-base/.*/Textures/(Unused/)?(Terrain[a-z.]*|Water|Unused)/'
add(None,F+'.*(mask|relief|light|overlay|unknown|void|runway|\.dds|grain)')
add('stone',F+'(rock|rock_alt|rock_brown|rock_dark|rock_red|california-rock|australia-cliffs|dirtrock|rock_red)[^/]*png',x='winter'); add('snow',F+'(snow|glacier[13]|glacier\.|packice)[^/]*png',x='winter/'); add('sand',F+'(sand|dunes|california-sand|desert)[^/]*png',x='winter'); add('gravel',F+'gravel'); add('soil',F+'(lava|mud|dirt)[^/]*png'); add('grass',F+'(grass_|airport-grass|california-grass|iceland_gr|australia-grassland)[^/]*png')
add('aerial',F+'(australia-(drycrop|heath|scrub|outback|bush|country|drypasture)|caatinga-c|california-(dry|forest|mixed|shrub|town|industry|port)|cerrado|city|countryside|crop|deciduous|drycrop|forest|golfcourse|herbtundra|irrcrop|marsh|mixedcrop|mixedforest|natural|orchard|pampas|pantanal|rainforest|rice|savanna|shrub|town|Town|tundra|uk_country|mediterr|industr|latin|evergreen|coniferous|18th|builtup|carpark)',x='winter|hires|Unused')
# ---------- misc games
add('sky','colobot-common-textures/.*/textures/cloud0'); add('soil','colobot-common-textures/.*/textures/(mars103|moon103)'); add('snow','colobot-common-textures/.*/textures/terra002')
MG='megaglest-data/.*/tilesets/[^/]*/textures/'
add('leaves',MG+'clover'); add('paving',MG+'cobble'); add('grass',MG+'grass'); add('stone',MG+'rock'); add('gravel',MG+'(smallstones|way)'); add('sand',MG+'sand'); add('soil',MG+'crack'); add('stone','megaglest-data/.*/(texture_big_stone|swamp_rock|bigrock|stone_texture)\.png'); add('bark','megaglest-data/.*/bark_texture')
CB='cube2-data/.*/'
add('stone',CB+'generic_gray'); add('soil',CB+'generic_dir'); add('grass',CB+'cr_env_tex_grass'); add('bark',CB+'trees_bark_00[0-9]_col'); add('lava',CB+'(generic_lav|lava_cc|GK_Lava)'); add('paving',CB+'(castell_wall|castell_plaster|stone_ground).*(_cc|_d|_col)?\.jpg',x='_(hm|sc|h|ds|n|s)\.')
add('brick','python3-skimage/.*/brick\.png'); add('grass','python3-skimage/.*/grass\.png'); add('gravel','python3-skimage/.*/gravel\.png')
add('leaves','mate-backgrounds/.*/nature/(Blinds|RainDrops|LadyBird)\.',scale=.25); add('grass','mate-backgrounds/.*/nature/GreenMeadow',scale=.5); add('wood','mate-backgrounds/.*/nature/Wood',scale=.4)
# ---------- paper / canvas
add('paper','mypaint-data-extras/.*(HR_|mamurk)',x='Cork'); add('leaves','mypaint-data-extras/.*XXXX'); add('straw','mypaint-data-extras/.*XXXX')
add('paper','krita-data/(usr|png).*/(HR_|03_default|04_paper|05_paper|06_hard|08_bump|Rough_Paper|Rough_Wall|26_brush|Crumpled)'); add('fabric','krita-data/.*/(01_canvas|02_rough|02b_Woof|18b_Wave|09b_)'); add('stone','krita-data/.*/(14_texture-r|15_texture-r)'); add('bark','krita-data/.*/(18_texture-b)')
# ---------- Sweet Home 3D core textures
H='sweethome3d/unz/.*textures/'
add('tiles',H+'(beigeTile|blackAndWhite|blueTiles|darkBlue|greyTile|lightBlue|redTiles|wallBeige|stoneTiles)'); add('leaves',H+'boxTree'); add('grass',H+'grass'); add('stone',H+'(marbleWall|stone[23]?Wall)'); add('wood',H+'(oldWooden|woodenFloor)'); add('paving',H+'pavingStone'); add('gravel',H+'pebbles'); add('concrete',H+'roughcast'); add('brick',H+'small'); add('sky',H+'(cloudy|veryCloudy)')
# ---------- Sweet Home 3D furniture
K='sweethome3d-furniture/unz/'
add('wood',K+'(?=.*/(wood_logs_texture|madera_|dark_wood|woodtexture|tilewood|tipical|pulido2|pear_wood|woodTexture|oaktexture|mohogany|alder_tile|rojiza|paneling|texture-bois|big_brown_wood|wood-texture|pine-wood|beige_tileable|fustapija|woodentexture|wood-map|burlwood|teak_tile|woodred|pine\.|teca|wood\.jpg|butcherblock|wood_table|littlebrown|little_wood|Worktopt|beech|Wood_plan|Wood1|Tabletop|wood5|wood10|american_oak|Wood_013|wood11|wood12|wood9|cherry\.|BEuropean|oak\.|xylophone|image[12]\.jpg|textureWoodBowl))',x='mini_stereo/mini')
add('fabric',K+'(?=.*/(armchair_tex|puff_texture|round-carpet|fabricTexture|jupedoeskin|jupe\.|fabric_|texturefabric|sheettexture|texture-chaussettes|beige_pattern|blue-fabric|texturedoormat|tela_lamp|rug\.|cushion-red|cloth-texture|dark-brown_leather|Fabric_0|Tea-Towel|Plain001|red_checked|sheet\.|Denim|BlueWhite_Stripes\.|tecido|NY_Chaise|teddy|pantalla|textureRattan|shopping-basket-tex|wallpaper-chi|wallpaper-jap|bump_sofa))')
add('fabric',K+'.*tatami\\.jpg')
add('bark',K+'.*(cypressTrunk|coconutTreeTexture|palmTexture)'); add('stone',K+'.*(marble_public|white-marble|marble_14|rock0[123]|cave_rock|granite\.)'); add('gravel',K+'.*(little_stones|aquarium/pebbles)'); add('soil',K+'.*(soil\.|plantie/ground|mutt)'); add('leaves',K+'.*(cypressLeaves|sabalPalmetoLeaf|hedge-disp|leaf\.jpg|spatifilum|succulent_leaf)'); add('paving',K+'.*(textureStone|stones-baked|tile-ext-border)'); add('tiles',K+'.*swimming-pool-tiles'); add('roof',K+'.*teules'); add('concrete',K+'.*OcherTexture')
add('food',K+'.*(bananaTexture|pearTexture|textureOrange|appleText|textureSteak|roasted-chicken-tex|textureFrench|textureSalad|cake_|hamburger\.|pan-corteza|sponge-cake|breadD|Pan[12]Text|chicken\.jpg|Spice|spice|basil|Basil|bayLeaf|cinnamon|curry|fennel|ginger|redPepper|rosemary|thyme)')
BADLIC=re.compile(r'Unsplash|GFDL|^GPL-2$|Mark-Policy|Philo|^CC-BY-SA$|^\?$|NC|ND')
FIX={'nexuiz-textures':'GPL-2+','python3-skimage':'CC0-1.0'}
if __name__=='__main__':
    out=open('/var/tmp/texture-pack/sel.tsv','w');C=collections.Counter();D=collections.Counter()
    for l in open('/var/tmp/texture-pack/index.tsv'):
        p,w,h,m=l.rstrip('\n').split('\t');w=int(w);h=int(h)
        for lab,rx,sc,x,L in R:
            if EXC.search(p): break
            if rx.match(p):
                if lab is None: break
                if x and x.search(p): continue
                if min(w,h)<200 and not (min(w,h)>=128 and max(w,h)>=256) and 'spiceTower/' not in p: break
                li=FIX.get(p.split('/')[0]) or lic(p)[0]
                if BADLIC.search(li): D[p.split('/')[0],li]+=1;break
                out.write(f'{p}\t{lab}\t{sc or 0}\t{w}\t{h}\t{m}\t{li}\n');C[lab]+=1;break
    for k,v in C.most_common(): print(v,k,end='; ')
    print();print(D)
