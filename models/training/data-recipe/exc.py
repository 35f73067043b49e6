# SPDX-License-Identifier: GPL-3.0-or-later
import re
EXC=re.compile(r'''(carpet01_z|puff_texture|armchair_tex|shopping-basket|jupedoeskin|/jupe\.|texture-chauss|pantalla_color|pinkRibbon|stk_generic_carpet|colorfabric|stkflag_leather|texturedoormat|textil006
|Crumpled_Paper|hayBall|hayFiber|tatami\.png|bananaTexture|roasted-chicken|textureSalad|textureOrange|textureSteak|chicken\.jpg|Pan[12]Text|hamburger\.(pawn\.down|tomato)|appleText
|container001\.jpg|metal_ground\.png|metal_rusty01._|metal_rusted_circle|wickedmetal5[abc]|wicked[a-z]*[0-9]*[a-c]?[ns]\.jpg|highqualitybrick[a-z]*[ns]\.jpg|highqualitybricks?[nsz]\.|metal01[nsz]|stone0[0-9]d?(gray)?[nsz]\.
|hut_roof|teules|bark_texture|/oakbark|coconutTreeText|palmTexture|tree_stumps|hd_palmTreeBark
|slime|protolava2|lavahell4|blackrock_lava|lava_1\.|lavahell2
|winter_sky|/abyss/sky|lasdunas[a-z]*/sky|xr591/sky|stk_enterprise/sky|lighthouse/sky|fortmagma/sky|summersky_[bew]|volcano_island/sky_(est|nord|ovest|sud)|snowtuxpeak/sky|soccer.*sky|sandtrack/sky|textures/sky\.|blue_sky|genericskybox
|wickedstone18|brick01_[gz]|_z\.(jpg|png)|way2\.png|city_asphalt|racetrack_asphalt|stklama_gravelRoad|wall_bricks004|streetbricks[0-9]*$
|texture_big_stone|stone_texture\.png|swamp_rock|marble02(b_fl|btri|bpill|rtri|bbrik|brik|brtri)|textures/mossy_stone|black_forest/mossy_stone|stktex_stonePurple|stk_grasscliff|volcano_island/rock02|cliffvolcanic_b|cliffvolcanicb
|pulido2|wood_logs_texture|xylophone|woodvfloor3|wood_rot|wood_pnl_drt|wood006\.|wood014\.|tree_chopped|wood-map-spe|wall048|Wood_013_COLORx
|roadRoundBrick|stones-baked|tex_mattn/wall010|stoneGrillDevice|sidewalk01|wickedstone5|castell_wall.*128
|concrtcracka|conc02_z|windmill_wall|wallDark|/wall\.jpg|cottage_wall|tex_mattn/wall02[37]|wall030|wall_se08|wall_dirt2|concrete_formwork.*_z|conc_dirty|concrete3\.tga
|leaf\.jpg|calla_lily|sabalPalmetoLeaf|succulent_leaf|spatifilum|leaves_dry1|leaves2\.|grass_forestFloor_big|medit_riparian|LadyBird
|hamburger|pearTexture|textureFrench|path a\.dds|desertfactory_stone/white|terrain_data/sand01|nexuiz.*/sand01\.tga|caverock|sky2\.jpg|cloud05|wall050|FGxx|Terrain/packice\.png|polar_grass
|road_dirt|mine_road|genericMine|stk_generic_dirtRoad_b|canyon_dirt_road|moon103|mars103|Terrain/lava\.png|mud-seamless|Terrain/mud\.png|/lava[123]?\.png
|Terrain/crop\.png|Terrain/cropgrass\.png|grass2dirt|sandgrass|stk_generic_grass[AC]|sand_b\.png|dunes-lencoi|sand01_z|carpet\.png|rug\.jpg.*x)'''.replace('\n',''))
