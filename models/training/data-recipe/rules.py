# SPDX-License-Identifier: GPL-3.0-or-later
"""Which picture shows what: from a file's path to its label.

The first rule that fits a path counts, in the order of this file.  A path begins with the name of
its package, "unz" stands for what was unpacked from an archive inside of it.
"""

import re

RULES = []  # (label or None, pattern of a path, scale or None, pattern of exceptions or None)
_begins = [""]


def folder(pattern):
    """Paths that the rules below are about begin so."""
    _begins[0] = pattern


def add(label, pattern, scale=None, but=None):
    """Such files show this.

    scale: of the picture, where it is not to be told from its size (textures.py)
    but: where this is found as well, the rules further below are asked
    """
    RULES.append((label, re.compile(_begins[0] + pattern), scale, re.compile(but) if but else None))


def skip(pattern):
    """Such files show nothing to learn from."""
    add(None, pattern)


def label_of(path):
    """-> (label, scale) of a path below x/, or None"""
    if EXCLUDED.search(path):
        return None
    for label, pattern, scale, but in RULES:
        if pattern.match(path) and not (but and but.search(path)):
            return (label, scale) if label else None
    return None


# Looked at one by one: normal maps without a name for it, seams, writing, things rather than
# textures, several textures in one picture.
EXCLUDED = re.compile(
    r"carpet01_z|puff_texture|armchair_tex|shopping-basket|jupedoeskin|/jupe\.|texture-chauss|"
    r"pantalla_color|pinkRibbon|stk_generic_carpet|colorfabric|stkflag_leather|texturedoormat|"
    r"textil006"
    r"|Crumpled_Paper|hayBall|hayFiber|tatami\.png|bananaTexture|roasted-chicken|textureSalad|"
    r"textureOrange|textureSteak|chicken\.jpg|Pan[12]Text|hamburger\.(pawn\.down|tomato)|appleText"
    r"|container001\.jpg|metal_ground\.png|metal_rusty01._|metal_rusted_circle|wickedmetal5[abc]|"
    r"wicked[a-z]*[0-9]*[a-c]?[ns]\.jpg|highqualitybrick[a-z]*[ns]\.jpg|highqualitybricks?[nsz]\.|"
    r"metal01[nsz]|stone0[0-9]d?(gray)?[nsz]\."
    r"|hut_roof|teules|bark_texture|/oakbark|coconutTreeText|palmTexture|tree_stumps|"
    r"hd_palmTreeBark"
    r"|slime|protolava2|lavahell4|blackrock_lava|lava_1\.|lavahell2"
    r"|winter_sky|/abyss/sky|lasdunas[a-z]*/sky|xr591/sky|stk_enterprise/sky|lighthouse/sky|"
    r"fortmagma/sky|summersky_[bew]|volcano_island/sky_(est|nord|ovest|sud)|snowtuxpeak/sky|"
    r"soccer.*sky|sandtrack/sky|textures/sky\.|blue_sky|genericskybox"
    r"|wickedstone18|brick01_[gz]|_z\.(jpg|png)|way2\.png|city_asphalt|racetrack_asphalt|"
    r"stklama_gravelRoad|wall_bricks004|streetbricks[0-9]*$"
    r"|texture_big_stone|stone_texture\.png|swamp_rock|marble02(b_fl|btri|bpill|rtri|bbrik|brik|"
    r"brtri)|textures/mossy_stone|black_forest/mossy_stone|stktex_stonePurple|stk_grasscliff|"
    r"volcano_island/rock02|cliffvolcanic_b|cliffvolcanicb"
    r"|pulido2|wood_logs_texture|xylophone|woodvfloor3|wood_rot|wood_pnl_drt|wood006\.|wood014\.|"
    r"tree_chopped|wood-map-spe|wall048|Wood_013_COLORx"
    r"|roadRoundBrick|stones-baked|tex_mattn/wall010|stoneGrillDevice|sidewalk01|wickedstone5|"
    r"castell_wall.*128"
    r"|concrtcracka|conc02_z|windmill_wall|wallDark|/wall\.jpg|cottage_wall|tex_mattn/wall02[37]|"
    r"wall030|wall_se08|wall_dirt2|concrete_formwork.*_z|conc_dirty|concrete3\.tga"
    r"|leaf\.jpg|calla_lily|sabalPalmetoLeaf|succulent_leaf|spatifilum|leaves_dry1|leaves2\.|"
    r"grass_forestFloor_big|medit_riparian|LadyBird"
    r"|hamburger|pearTexture|textureFrench|path a\.dds|desertfactory_stone/white|"
    r"terrain_data/sand01|nexuiz.*/sand01\.tga|caverock|sky2\.jpg|cloud05|wall050|FGxx|"
    r"Terrain/packice\.png|polar_grass"
    r"|road_dirt|mine_road|genericMine|stk_generic_dirtRoad_b|canyon_dirt_road|moon103|mars103|"
    r"Terrain/lava\.png|mud-seamless|Terrain/mud\.png|/lava[123]?\.png"
    r"|Terrain/crop\.png|Terrain/cropgrass\.png|grass2dirt|sandgrass|stk_generic_grass[AC]|"
    r"sand_b\.png|dunes-lencoi|sand01_z|carpet\.png|rug\.jpg.*x")

# ---- UFO: Alien Invasion
folder(r"ufoai-textures/.*/textures/tex_nature/")
skip(r"(grass003_way|grass_mowed_dry_a_k1|dirt_se(04|05|10|11|12|13)|leaves|icefloor|tile_|water2|"
     r"water_green|potatoes|water)")
add("sand", r"(desert00[346789]|sand|desert\.)")
add("soil", r"(desert001|dirt|drymud|soil|rockyground|sp_ground|wood_chips)")
add("stone", r"(desert00[25]|pjrock|rock0|stone001)")
add("grass", r"grass")
add("leaves", r"(hedge|jungle|flower)")
add("gravel", r"railway")
add("snow", r"(snow|ice0)")
add("bark", r"tree(00|_bark)")
add("wood", r"tree_chopped")
folder(r"ufoai-textures/.*/textures/tex_terrain/")
add("soil", r"desert")
add("grass", r"(grass|mountain|tropical|dummy)")
folder(r"ufoai-textures/.*/textures/tex_material/")
skip(r"(metall010\.|metall011|metall021|metal013|wood004|wood005)")
add("metal", r"(metal001|metal002|metal012|metall002|metall00[789]|metall010a|metall01[45]|"
             r"window_grey)")
add("rust", r"metall?0")
add("wood", r"(s_)?wood")
add("concrete", r"conc")
folder(r"ufoai-textures/.*/textures/tex_buildings/")
add("fabric", r"carpet0",
    but=r"carpet0(03|07|10|11|12|13|14|20|22|23|24)")
add("concrete", r"concrete",
    but=r"concrete(012|013|014|019|020|021|023|_slabs|0[0-9]+dark)")
add("paving", r"(floor_se0|paving|floor033|floor020|floor021|floor001|sidewalk|concrete_slabs)")
add("wood", r"(floor002|floor022|floor02[678]|floor03[4-9]|floor_wood|wizwood|woodceiling|"
            r"wall_wood)")
add("roof", r"roof",
    but=r"roof004|roof006|roof007")
add("metal", r"roof00[67]")
add("brick", r"(wall_brick|wall04[1-4]|wall_?5_4|streetbrick|wall055|metal_window)")
add("tiles", r"(floor00[89]|floor01[0-9]|floor_?03[0-1]|floor029|tile0|floor10|window01[23])")
add("concrete", r"(wall_dirt|ground_dirt1|wall_stone_dirt|wall_se|wall02[0-9]|wall030|wall013|"
                r"cementwall\.|cemdrk|e8crete|wall007|metceil|wall019)",
    but=r"wall02[1458]|btm")
add("metal", r"(metal02|metal_duct|mtl_gray|pewter|met_panel|wall_tabl|wall_tab)")
add("rust", r"(rustpipes|surface2)")
add("paper", r"wallpaper0(0[123]|11|12|14)")
folder(r"ufoai-textures/.*/textures/tex_mattn/")
add("bark", r"bark")
add("brick", r"(brick|wall003|wall05[345]|wall070|wall079|wall_bricks|wall088)",
    but=r"wall_grates")
add("concrete", r"(concrete|wall028|wall029|wall026|wall027|wall081|wall050|wall073|wall075|"
                r"stone002|wall068|wall023)",
    but=r"concrete004|wall026")
add("soil", r"(dirt00|ground_dirt)")
add("paving", r"(floor009|floor011|wall010|wall067)")
add("stone", r"(rock00|marmor|floor00[78])")
add("fabric", r"(floor01[34]|jute)")
add("gravel", r"floor02[789]")
add("grass", r"grass")
add("leaves", r"hedge")
add("metal", r"(metal5|metal3|wall089|container001)")
add("rust", r"(metal_rust|rust)")
add("roof", r"roof")
add("straw", r"(straw|dung)")
add("wood", r"wood",
    but=r"wood002|wood004|wood018|wood024|wood013")
add("tiles", r"floor024")
add("wood", r"(wall03[34]|wall078|wall048)")
add("fabric", r"minigolf")
folder(r"ufoai-textures/.*/textures/tex_ctp1/")
add("gravel", r"(asphalt|pebbles|rocks)")
add("bark", r"bark")
add("brick", r"bricks")
add("concrete", r"(concrete|stucco)",
    but=r"concrete_y|concrete_b|concrete_r")
add("soil", r"(dirt|ground_b|ground_g|ground_m)")
add("grass", r"grass_g")
add("leaves", r"hedge")
add("stone", r"(marble|volcano)")
add("metal", r"metal")
add("roof", r"roof")
add("sand", r"sand")
add("tiles", r"tiles")
add("paper", r"wallpaper")
add("wood", r"wood")
add("fabric", r"curtain")
folder(r"ufoai-textures/.*/textures/")
add("fabric", r"tex_furniture/(textil|couch_[de]|jap_carpet)")
add("straw", r"tex_misc/(straw|bungalow)")
add("wood", r"tex_misc/(laminate|barrel2)")
add("metal", r"tex_misc/(stainless|container00[12])")
add("wood", r"tex_misc/box0(19|20|13)")
add("gravel", r"tex_streets/(street001|base\.)")

# ---- 0 A.D.
folder(r"0ad-data/unz/art/textures/terrain/types/")
skip(r"(grid|colors|[a-z]*/?shore|.*norm|.*depth|.*(black|white)ness|water|blue|"
     r".*desert_city_til.*_b|temp_forest_mod|LavaTest0[56]|.*beach_v|.*ocean|neon|.*sea_cora|"
     r".*corral|tropic_swamp)")
add("lava", r"Lava")
add("snow", r"(?:.*/)?(?=[^/]*(snow|ice_|polar_ice|ice\.|glac|alpine_cliff_s))[^/]*$",
    but=r"(norm)")
add("wood", r"(?:.*/)?bridge_wood")
add("paving", r"(?:.*/)?(?=[^/]*(paving|city_til|citytil|city_pav|tile_a|tile_b|road_rom|"
              r"road_brok|road_tropic))[^/]*$")
add("soil", r"(?:.*/)?(?=[^/]*(farmland|furrows))[^/]*$")
add("stone", r"(?:.*/)?(?=[^/]*(cliff|mountain|rock_meta|cave_walls|fissures|ocean_rock|"
             r"rock_moss))[^/]*$")
add("leaves", r"(?:.*/)?(?=[^/]*(forest|plants|shrub|flora|fern|seaweed|sea_weed|coral|riparian|"
              r"swamp|tundra|highlands|medit_grass_wild|rocks_grass|rocks_plants|rocks_shrubs|"
              r"rocks_gr|beach_scrub|grass_wild))[^/]*$")
add("grass", r"(?:.*/)?(?=[^/]*(grass|Grass|peat))[^/]*$")
add("gravel", r"(?:.*/)?(?=[^/]*(gravel|pebbles|shoreline_stone|river_ro|road|rocks_we|rocks\.|"
              r"shore_r|stones|pebble|riverrock))[^/]*$")
add("sand", r"(?:.*/)?(?=[^/]*(sand|beach|dune|wave|sahara|desert_rough|wash))[^/]*$")
add("soil", r"(?:.*/)?(?=[^/]*(dirt|mud|clay|ground|lakebed|Dirt|scrub|path))[^/]*$")
folder(r"0ad-data/unz/art/textures/skins/gaia/")
add("stone", r"(stone_|slab_|temp_stone|stonequarr|metal_(alp|des|gran|medi|savan|temp|trop)|"
             r"geo_water)",
    but=r"(_ao|cliff|geo_water|scand_ao)")

# ---- Red Eclipse
folder(r"redeclipse-data/.*/data/wicked/")
skip(r".*z\.jpg")
add("brick", r"(highqualitybrick|wickedbrickmoss|wickedstone1[0-9])")
add("paving", r"(stone0|wickedstone|wickedsquare)",
    but=r"[ns]\.jpg")
add("grass", r"wickedgrass")
add("soil", r"wickedground")
add("snow", r"wickedsnow0[12]")
add("stone", r"(wickedrock|wickedmarble0|wickedmarble|wickedmisc9)",
    but=r"rock14|rock16|[ns]\.jpg")
add("rust", r"(wickedmetal1|metal01d|wickedmetal5)")
add("metal", r"wickedmetal[034]")
folder(r"redeclipse-data/.*/data/")
add("grass", r"(jojo/grass0|appleflap/.*grass)")
add("stone", r"(jojo/redrock0[1-4]\.|philipk/.*rock01_c|unnamed/.*rock0)")
add("sand", r"(jojo/sand01|philipk/.*sand01_c)")
add("gravel", r"(jojo/debris|freezurbern/.*asphalt|luckystrike/.*asphalt)")
add("snow", r"(jojo/snow02|appleflap.*snow)")
add("fabric", r"jojo/carpet")
add("wood", r"(dziq/.*boards|freezurbern/.*wood_c|mikeplus64.*wood_c|luckystrike.*wood_c)")
add("brick", r"(dziq/brick_wall|.*/bricks_c|unnamed/brick01|jojo/paintedbrick)")
add("paving", r"(dziq/.*dq_stones|unnamed/.*stone01)")
add("soil", r"dziq/.*dryone")
add("rust", r"(dziq/.*metal_rusty|unnamed/.*metal06)")
add("concrete", r"(luckystrike/.*conc|.*dirtyconcrete|dziq/.*concrete)",
    but=r"blue|red\.")

# ---- SuperTuxKart
folder(r"supertuxkart-data/.*/data/(textures|tracks/[^/]*|library/[^/]*)/")
skip(r".*(glossy|_alpha|preview|_unlit|PbrData|ibl)")
add("paving", r"(HortonStone7|HortonStone6|HortonRockWall|Paving_stones|roadRoundBrick|"
              r"stk_generic_brickRoad|3td_BrickOldRound|stktex_generic_cobbleStoneA|"
              r"stktex_generic_stoneWallA|stktex_generic_aztekWall|stktex_generic_waterAztek|"
              r"stonewall|stonetex|castelwall|stk_generic_hexaBasalt|pyramidwall|"
              r"stk_generic_wallRock)")
add("brick", r"(brick1\.|beige_bricks|city_bricks|dirtbrick|stk_generic_brickA|"
             r"stk_generic_oldbricks|brick_wall_06)")
add("roof", r"(Tileroof|stk_generic_asianRoof_a|hut_roof|roof_3\.|lighthouseRoof)")
add("rust", r"(metal_rusted\.|metal_rusted_circle|stk_metalRustedBlue|stkt_rustedMetal|bronze|"
            r"stk_generic_corrugated|metaldirt)")
add("metal", r"(stk_generic_ironA|stk_greyMetal|ribbed_steel|metal_ground\.|metal\.jpg|"
             r"stk_blueMetal|stk_lightGray|bomber_metal|stk_redMetal|metal_plates)")
add("bark", r"(oakbark|TiZeta_bark|stktex_treeBark|palmBark|tree_zen\.|fir_bark|"
            r"stktex_palmTreeBark|palmtree\.|hd_palmTreeBark|trees_bark_001|tree_stumps\.)")
add("wood", r"(stktex_generic_Wood|stktex_generic_WoodA|wood_planks1\.|oldWood|wall_wood1|"
            r"JapanwoodBridge|woodBridge\.|dark-wall-wood|wood\.jpg|logs\.)")
add("lava", r"(lava|stktex_generic_lava|magma\.|blackrock_lava)",
    but=r"magma_sky")
add("snow", r"(snow\.|stk_generic_snow|snowrock|snowyrock|stk_generic_rockSnow|stktex_earthSnow|"
            r"stk_generic_ice_a|stktex_frozenWaterFall_a\.|greenice|ice\.png|stktex_snowRock|"
            r"Ice03_col)")
add("stone", r"(rock_gr|rock_brown|rock\.|rock1\.|rock02\.|rockwall|rockmountain|rockMountain\.|"
             r"stk_generic_rock|stk_generic_bedRock_a|stk_generic_brownRock|stk_karstRock|"
             r"stktex_cliff|stktex_generic_rockA|stktex_generic_underwaterRock|"
             r"stktex_generic_waterRock|city_rock|redrock|rockred|blackrock|black_rock|mine_rock|"
             r"mossy_stone|hd_rock_01|rockwaterfall|stktex_generic_coral|stk_grasscliff|"
             r"stktex_stonePurple|cavrern|wall_rock)")
add("tiles", r"(stktex_generic_tiles|bow_tile|tile3b)")
add("stone", r"stktex_generic_marble")
add("concrete", r"(city_concrete|concrete2|concrete\.|stktex_generic_concrete|"
                r"stktex_generic_waterConcrete|stk_generic_plaster|stk_generic_greyWall|"
                r"cottage_wall|concrete_plain|windmill_wall|wallDark|wall\.jpg|hacienda_ground\.)")
add("soil", r"(dirt\.|stk_generic_dirt[AR]|stk_genericMineEarth|stk_genericMineRoad|"
            r"stktex_generic_earth|cracked-earth|earth\.|road_dirt|red_dirt|yellow_dirt|"
            r"canyon_dirt|Ground010|mine_road\.jpg|stk_generic_dirtRoad)")
add("sand", r"(sand|stk_generic_sand)",
    but=r"sandgrass|gfx_|sandred")
add("grass", r"(racetrack_grass|grass2|grass3|grass_dark|grass\.jpg|grass4|stk_generic_grass|"
             r"sandgrass|stk_generic_dirtGrass)")
add("leaves", r"(forest_floor|leaves2|mossy_wall|leaves_dry|grass_forestFloor_big)")
add("gravel", r"(stktex_generic_gravel|stklama_gravel|city_ground|pebbles|stk_generic_gravalSnow|"
              r"city_asphalt|tarmac\.|racetrack_asphalt)")
add("fabric", r"(stk_generic_carpet|carpet\.jpg|stk_generic_colorfabric|stktex_pinkRibbon|"
              r"stk_generic_plasticFabric|stktex_pupleCarpet|stkflag_leather|stk_generic_wicker)")
add("straw", r"(stklib_hayBall|stktex_hayFiber)")
add("paper", r"(stk_generic_paper|stk_wallpaperOld|wallpaper_mansion)")
add("sky", r"(sky\.jpg|sky2\.jpg|sky3\.jpg|summersky_[ewtb]|genericskybox_|blue_sky_|sky_top|"
           r"sky_(est|nord|ovest|sud)|sky-m|winter_sky_|racetrack_sky)",
    but=r"racetrack_sky")

# ---- Nexuiz
folder(r"nexuiz-textures/.*/textures/(terrain_data|terraintex)/")
add("soil", r"(dirt01|ground0|mudground|rockyground)")
add("grass", r"grass")
add("snow", r"(frozen|snow)")
add("leaves", r"(leafs|moss)")
add("gravel", r"gravel")
add("stone", r"rock")
add("sand", r"sand")
folder(r"nexuiz-textures/.*/textures/")
add("brick", r"(desertfactory_stone/bricks0[12]\.|evil2_basewall/dirtybrick\.|"
             r"evil4_walls/(rbrick\.|d_brnbric)|evil1_walls/stonewall|e7/e7bricks01)")
add("concrete", r"(desertfactory_stone/(concrete0[23]|white)|evil1_walls/(cementwall\.|cemold\.|"
                r"smt_cemwall|drk_cem)|evil3_walls/ceil|dsi_?.*/cretebase|e8crete|"
                r"eX/eX_crete(base|wall)|trak4/.*conc|evil2_basefloor/flr_cemtile\.)")
add("roof", r"(desertfactory_wood/roof|evil3_roofs/s_roof)")
add("wood", r"(desertfactory_wood/wood|egyptsoc_mat/wood|evil1_woods/|evil3_floors/woodvfloor|"
            r"evil4_walls/wood|e7/e7panelwood)",
    but=r"crude")
add("sand", r"desertfactory_stone/sand")
add("paving", r"egyptsoc_(wall/stone0[134]|floor/block0)")
add("rust", r"(eX/eXmetalBase0|evil1_metals/mtl_rst|rustymetal)")
add("metal", r"(evil1_floors/metalflr1|evil1_floors/mtl_)")
add("bark", r"bark")
add("lava", r"(evil1_liquids/lava|liquids/|evil8_fx/.*lava|e7/e7sfx_lava)")
add("fabric", r"evil1_floors/carpet_drty\.")
add("rust", r"trak4/[^/]*(rust[12]|paint_|painted)")
add("concrete", r"trak4/[^/]*plaster[123]")
add("brick", r"trak4/[^/]*brick[12]")
add("wood", r"trak4/[^/]*wood1")
add("tiles", r"trak4/[^/]*tile[123][a-c]")
add("metal", r"(e8/e8(metal|_base|base|clangfl)|eX/eX_clangfl|trak5/(base1|ribs1))[^/]*")
add("panel", r"(trak5|trak4|eX|e8|evil4_d_techwalls|evil8_floor|evil8_base|evil4_techfloors)/",
    but=r"_(light|glow)|light|jumppad|spawn|logo|sign|door|trim|launch|arrow|warning|crete|circle|"
        r"decal|grate|fan|comp|switch|lava|beam|stripe|exit|help|iso[123]|wing|pills|theater|"
        r"wallpaint|tfloor|evilspac|rail|xgirder|glass|pipe|graypanel|trisec|tech_win|thingy|"
        r"ceil1|tech_dw2|tech_dwb|vertpanel")
folder(r"redeclipse-data/")
add("panel", r".*/data/(philipk/pk0[12]|unnamed)/.*",
    but=r"light|sky|space|norm|spec|computer|door|switch|trim|pipes|rock01|sand01|stone01|brick|"
        r"rock0|misc|_z|sign|barrel|flag|cloud|_ad?\.png|_add|_i\.|_g\.|retile|glass|cylind|grate|"
        r"grille|solar|unnamedpan|darkness|panels-[a-e]|_cyl|gra_fl|_i|lum")

# ---- OpenArena
folder(r"openarena-081-textures/.*/textures/")
add("metal", r"base_floor/(clang_floor|diamond2c|proto_grate)?clang_floor\.")
add("concrete", r"acc_dm3/(concrt\.|concrtcra|wall_dirt)")
add("soil", r"acc_dm3/(mud02|mud02b)\.")
add("rust", r"acc_dm3/rust\.")
add("sand", r"acc_dm3/sand\.")
add("stone", r"(.*pjrock|.*marble02|base_.*/rock|clown/rock0)")
add("leaves", r".*nki_fores")
add("lava", r"liquids/(lava|proto).*")
add("brick", r".*street(bri|brick)")
add("snow", r"ice/(snowey|icecube|caverock)")

# ---- Extreme Tux Racer
folder(r"extremetuxracer-data/.*/terrains/")
add("soil", r"(dirt01|mud01|floor0)")
add("grass", r"grass0")
add("snow", r"(ice|icy|snow)")
add("paving", r"pave")
add("gravel", r"pebbles")
add("stone", r"rock")
add("sand", r"sand")

# ---- FlightGear
folder(r"flightgear-data-base/.*/Textures/(Unused/)?(Terrain[a-z.]*|Water|Unused)/")
skip(r".*(mask|relief|light|overlay|unknown|void|runway|\.dds|grain)")
add("stone", r"(rock|rock_alt|rock_brown|rock_dark|rock_red|california-rock|australia-cliffs|"
             r"dirtrock|rock_red)[^/]*png",
    but=r"winter")
add("snow", r"(snow|glacier[13]|glacier\.|packice)[^/]*png",
    but=r"winter/")
add("sand", r"(sand|dunes|california-sand|desert)[^/]*png",
    but=r"winter")
add("gravel", r"gravel")
add("soil", r"(lava|mud|dirt)[^/]*png")
add("grass", r"(grass_|airport-grass|california-grass|iceland_gr|australia-grassland)[^/]*png")
add("aerial", r"(australia-(drycrop|heath|scrub|outback|bush|country|drypasture)|caatinga-c|"
              r"california-(dry|forest|mixed|shrub|town|industry|port)|cerrado|city|countryside|"
              r"crop|deciduous|drycrop|forest|golfcourse|herbtundra|irrcrop|marsh|mixedcrop|"
              r"mixedforest|natural|orchard|pampas|pantanal|rainforest|rice|savanna|shrub|town|"
              r"Town|tundra|uk_country|mediterr|industr|latin|evergreen|coniferous|18th|builtup|"
              r"carpark)",
    but=r"winter|hires|Unused")

# ---- other games, wallpapers
folder(r"colobot-common-textures/")
add("sky", r".*/textures/cloud0")
add("soil", r".*/textures/(mars103|moon103)")
add("snow", r".*/textures/terra002")
folder(r"megaglest-data/.*/tilesets/[^/]*/textures/")
add("leaves", r"clover")
add("paving", r"cobble")
add("grass", r"grass")
add("stone", r"rock")
add("gravel", r"(smallstones|way)")
add("sand", r"sand")
add("soil", r"crack")
folder(r"megaglest-data/")
add("stone", r".*/(texture_big_stone|swamp_rock|bigrock|stone_texture)\.png")
add("bark", r".*/bark_texture")
folder(r"cube2-data/.*/")
add("stone", r"generic_gray")
add("soil", r"generic_dir")
add("grass", r"cr_env_tex_grass")
add("bark", r"trees_bark_00[0-9]_col")
add("lava", r"(generic_lav|lava_cc|GK_Lava)")
add("paving", r"(castell_wall|castell_plaster|stone_ground).*(_cc|_d|_col)?\.jpg",
    but=r"_(hm|sc|h|ds|n|s)\.")
folder(r"python3-skimage/")
add("brick", r".*/brick\.png")
add("grass", r".*/grass\.png")
add("gravel", r".*/gravel\.png")
folder(r"mate-backgrounds/")
add("leaves", r".*/nature/(Blinds|RainDrops|LadyBird)\.", scale=0.25)
add("grass", r".*/nature/GreenMeadow", scale=0.5)
add("wood", r".*/nature/Wood", scale=0.4)

# ---- paper and canvas
folder(r"mypaint-data-extras/")
add("paper", r".*(HR_|mamurk)",
    but=r"Cork")
folder(r"krita-data/")
add("paper", r"(usr|png).*/(HR_|03_default|04_paper|05_paper|06_hard|08_bump|Rough_Paper|"
             r"Rough_Wall|26_brush|Crumpled)")
add("fabric", r".*/(01_canvas|02_rough|02b_Woof|18b_Wave|09b_)")
add("stone", r".*/(14_texture-r|15_texture-r)")
add("bark", r".*/(18_texture-b)")

# ---- Sweet Home 3D core textures
folder(r"sweethome3d/unz/.*textures/")
add("tiles", r"(beigeTile|blackAndWhite|blueTiles|darkBlue|greyTile|lightBlue|redTiles|wallBeige|"
             r"stoneTiles)")
add("leaves", r"boxTree")
add("grass", r"grass")
add("stone", r"(marbleWall|stone[23]?Wall)")
add("wood", r"(oldWooden|woodenFloor)")
add("paving", r"pavingStone")
add("gravel", r"pebbles")
add("concrete", r"roughcast")
add("brick", r"small")
add("sky", r"(cloudy|veryCloudy)")

# ---- Sweet Home 3D furniture
folder(r"sweethome3d-furniture/unz/")
add("wood", r"(?=.*/(wood_logs_texture|madera_|dark_wood|woodtexture|tilewood|tipical|pulido2|"
            r"pear_wood|woodTexture|oaktexture|mohogany|alder_tile|rojiza|paneling|texture-bois|"
            r"big_brown_wood|wood-texture|pine-wood|beige_tileable|fustapija|woodentexture|"
            r"wood-map|burlwood|teak_tile|woodred|pine\.|teca|wood\.jpg|butcherblock|wood_table|"
            r"littlebrown|little_wood|Worktopt|beech|Wood_plan|Wood1|Tabletop|wood5|wood10|"
            r"american_oak|Wood_013|wood11|wood12|wood9|cherry\.|BEuropean|oak\.|xylophone|"
            r"image[12]\.jpg|textureWoodBowl))",
    but=r"mini_stereo/mini")
add("fabric", r"(?=.*/(armchair_tex|puff_texture|round-carpet|fabricTexture|jupedoeskin|jupe\.|"
              r"fabric_|texturefabric|sheettexture|texture-chaussettes|beige_pattern|blue-fabric|"
              r"texturedoormat|tela_lamp|rug\.|cushion-red|cloth-texture|dark-brown_leather|"
              r"Fabric_0|Tea-Towel|Plain001|red_checked|sheet\.|Denim|BlueWhite_Stripes\.|tecido|"
              r"NY_Chaise|teddy|pantalla|textureRattan|shopping-basket-tex|wallpaper-chi|"
              r"wallpaper-jap|bump_sofa))")
add("fabric", r".*tatami\.jpg")
add("bark", r".*(cypressTrunk|coconutTreeTexture|palmTexture)")
add("stone", r".*(marble_public|white-marble|marble_14|rock0[123]|cave_rock|granite\.)")
add("gravel", r".*(little_stones|aquarium/pebbles)")
add("soil", r".*(soil\.|plantie/ground|mutt)")
add("leaves", r".*(cypressLeaves|sabalPalmetoLeaf|hedge-disp|leaf\.jpg|spatifilum|succulent_leaf)")
add("paving", r".*(textureStone|stones-baked|tile-ext-border)")
add("tiles", r".*swimming-pool-tiles")
add("roof", r".*teules")
add("concrete", r".*OcherTexture")
add("food", r".*(bananaTexture|pearTexture|textureOrange|appleText|textureSteak|"
            r"roasted-chicken-tex|textureFrench|textureSalad|cake_|hamburger\.|pan-corteza|"
            r"sponge-cake|breadD|Pan[12]Text|chicken\.jpg|Spice|spice|basil|Basil|bayLeaf|"
            r"cinnamon|curry|fennel|ginger|redPepper|rosemary|thyme)")
