package synth

import "strings"

// The words of the language that the generator speaks. The pools are small on
// purpose: a model of half a million weights has to learn them in minutes.

func split(s string) []string { return strings.Fields(s) }

var (
	// Variables by what they hold. A name hints at its type, as in real code.
	intNames  = split("count total size index level width height limit score number depth step age price offset")
	strNames  = split("name title text path label color owner word message kind line prefix city")
	listNames = split("items values names words rows lines numbers users nodes tasks points files scores results queue children")
	boolNames = split("done found ready valid active running empty visible enabled flag")
	dictNames = split("data config options table prices ages settings cache counts info")
	// Names that start as a set or as a string, so that the name does not tell which.
	accNames = split("current seen result output buffer extra marks state parts tags groups unique")

	loopNames = split("item value name word row line number user node task point x i n key")
	letters   = split("a b c d x y z i j k m n")
	swapPairs = [][2]string{
		{"a", "b"}, {"x", "y"}, {"i", "j"}, {"left", "right"}, {"first", "second"}, {"low", "high"},
		{"start", "end"}, {"old", "new"}, {"width", "height"}, {"m", "n"}, {"p", "q"}, {"u", "v"},
	}

	// Names that are seen rarely, alone or behind an adjective.
	rareNouns = split("account address angle answer author balance block border bucket button cell chapter client corner " +
		"course cursor customer degree distance district domain driver edge engine factor family folder frame friend " +
		"group guest hour image island issue job journal lesson link machine market matrix meeting method minute model " +
		"month motor number offer office option owner packet page pattern payment period person phase picture pixel " +
		"plant player policy pool pressure product region report request route sample season section sensor server " +
		"shape sheet shop sound source speed station status stock street student subject target teacher tile track " +
		"train user vector vehicle version vertex volume wheel worker zone")
	adjectives = split("next last first new old main other max min base local good raw full half wide deep")
	positions  = split("index number position id offset rank")

	verbs   = split("get load find make update count check save read build parse add remove show sort merge split compute")
	objects = split("name item value path size data user node task file line word total list table score")
	classes = split("User Node Task Point Item Book Car Account Project Player Shape Order Team Event Product Queue")

	// Words inside strings, comments and docstrings.
	starts = split("Invalid Missing Hello Loading Done Error Start Total The No User New Found Reading Project Saved Empty All")
	plain  = split("file value name user item list data node number text error found time key word line path size " +
		"red green blue small large first last next old new open closed ready good bad empty full high low " +
		"input output table color point task team book car house city water day night world game play list " +
		"is not in the of for with from and to has was")
	colors = split("red green blue black white yellow orange purple pink gray")
	people = split("Alice Bob Carol Dave Eve Frank Grace Heidi Ivan Judy")

	readStems  = split("input source config raw words users")
	writeStems = split("output result report summary backup export")
	extensions = split("txt csv json log dat")

	// Names that are swapped, copied and passed on.
	copied = split("name size value index count width height title text path color level total limit number score label owner data items key")

	modules = split("os sys re json math time random")
)
