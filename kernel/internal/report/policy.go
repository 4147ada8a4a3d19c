package report

import (
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// Elements that a page may have. None of them runs, loads or holds text that a
// browser reads by other rules (as style, title outside of SVG, or noscript do), and
// none does with the attributes below, in whichever place a browser puts it.
var (
	htmlElements = fields(`a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details
		dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd li main mark nav ol p pre q
		rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr`)
	mathElements = fields(`math annotation menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace
		msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics`)
	svgElements = fields(`svg circle clippath defs desc ellipse g image line lineargradient marker mask path pattern polygon polyline
		radialgradient rect stop symbol text title tspan use`)
)

// Attributes, beside those that have a rule of their own in policy.
var (
	htmlAttributes = fields(`align alt border cellpadding cellspacing checked color colspan dir disabled download face headers height hidden
		lang name open reversed role rowspan scope size span start tabindex title valign value width
		aria-describedby aria-hidden aria-label aria-labelledby class id`)
	mathAttributes = fields(`accent accentunder columnalign columnlines columnspacing columnspan depth display displaystyle fence form frame
		height largeop linethickness lspace mathbackground mathcolor mathsize mathvariant maxsize minsize movablelimits notation rowalign
		rowlines rowspacing rowspan rspace scriptlevel separator stretchy symmetric voffset width`)
	svgAttributes = fields(`baseline-shift clip-path clip-rule clippathunits color cx cy d direction display dominant-baseline dx dy fill
		fill-opacity fill-rule font-family font-size font-style font-variant font-weight fx fy gradienttransform gradientunits height
		letter-spacing marker-end marker-mid marker-start markerheight markerunits markerwidth mask maskcontentunits maskunits offset opacity
		orient overflow paint-order patterncontentunits patterntransform patternunits points preserveaspectratio r refx refy rotate rx ry
		shape-rendering spreadmethod stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin
		stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration text-rendering textlength transform transform-origin
		vector-effect version viewbox visibility width word-spacing x x1 x2 xml:space y y1 y2`)
)

var (
	// css is style that names no address: of functions only those of colours,
	// lengths and shapes, and url for a part of the same page. Escapes and comments
	// could hide others.
	css = regexp.MustCompile(`(?i)^(?:[^\\@(/]|/+(?:[^\\@(/*]|$)|[\s,:+*-]\(+|url\(["']?#[\w.:-]+["']?\)|` +
		`(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|light-dark|calc|min|max|clamp|var|minmax|fit-content|repeat|` +
		`(?:linear|radial|conic)-gradient|translate(?:x|y|z|3d)?|scale(?:x|y)?|rotate|skew(?:x|y)?|matrix|cubic-bezier|steps|` +
		`blur|brightness|contrast|grayscale|invert|saturate|sepia|drop-shadow|opacity|circle|ellipse|inset|polygon|path)\(+)*$`)
	picture  = regexp.MustCompile(`(?i)^data:image/(?:png|jpe?g|gif|webp|avif|bmp|x-icon|svg\+xml)[;,]`)
	offered  = regexp.MustCompile(`(?i)^data:(?:image/[\w.+-]+|text/csv|text/plain|application/json)[;,]`) // as a download
	inPage   = regexp.MustCompile(`^#`)
	mathText = regexp.MustCompile(`^[\w\s.,%#()+-]*$`)
)

func fields(s string) []string { return strings.Fields(s) }

// policy is what is kept of a page: HTML for text and tables, MathML, and SVG that
// does not move. Whatever is not named here is left out.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	for _, list := range [][]string{htmlElements, mathElements, svgElements} {
		p.AllowNoAttrs().OnElements(list...)
		p.AllowElements(list...)
	}
	p.AllowAttrs(htmlAttributes...).Globally()
	p.AllowAttrs("style").Matching(css).Globally()
	p.AllowDataAttributes()
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src").Matching(picture).OnElements("img")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^[1aAiI]$`)).OnElements("ol")
	p.AllowAttrs("xmlns").Matching(regexp.MustCompile(`^http://www\.w3\.org/1998/Math/MathML$`)).OnElements("math")
	p.AllowAttrs(mathAttributes...).Matching(mathText).OnElements(mathElements...)
	p.AllowAttrs("xmlns").Matching(regexp.MustCompile(`^http://www\.w3\.org/2000/svg$`)).OnElements("svg")
	p.AllowAttrs(svgAttributes...).Matching(css).OnElements(svgElements...)
	p.AllowAttrs("href", "xlink:href").Matching(inPage).OnElements("use", "lineargradient", "radialgradient", "pattern")
	p.AllowAttrs("href", "xlink:href").Matching(picture).OnElements("image")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowURLSchemeWithCustomPolicy("data", func(u *url.URL) bool { return offered.MatchString(u.String()) })
	return p
})

// allowed are the names of the elements that policy keeps.
var allowed = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, list := range [][]string{htmlElements, mathElements, svgElements} {
		for _, name := range list {
			names[name] = true
		}
	}
	return names
})
