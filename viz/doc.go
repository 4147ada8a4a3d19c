// Package viz draws figures as pure functions: data in, bytes out. A figure is a plain struct; its
// Bundle method checks it, lays it out, and returns it as HTML, SVG and text. The same figure gives
// the same bytes, on any machine, at any time. Nothing here computes with a model or needs a
// notebook; of the engine, only circuits as data are known.
//
// This package has what figures share: [Figure], [Bundle], [Note], [Table], [Progress]. They are drawn in
// families: circuitbook/viz/charts (Plot, Scatter, Estimates, Matrices, BridgePath),
// circuitbook/viz/circuits (Circuit, CircuitBlocks, CircuitDiff) and circuitbook/viz/tokenview
// (AttentionStrip, AttentionMatrix, TokenStrips, Contexts, EmbeddingView, Samples). Package
// circuitbook/viz/book shows bundles in a notebook.
//
// # What a figure holds to
//
// A picture carries its title, a description for those who cannot see it, and the numbers it is
// made from; a [Note] adds a caption and a line of provenance. Nothing is told by colour alone:
// series differ by dash and marker too, signs by the form of the mark. Colours are roles with a
// light and a dark value on an opaque ground, so a figure is legible on any page.
//
// The SVG has no script, no event attribute, no foreign object and no reference to anything outside;
// ids and style rules begin with a hash of the content; presentation attributes alone give the light
// look. Numbers have a fixed format, and anything a string may hold is made visible and escaped
// (see [Visible]). A picture that would exceed [MaxSVG] is an error.
//
// # Why an image inside HTML
//
// JupyterLab shows the output of a notebook that is not trusted through a sanitiser that drops
// inline SVG, leaving its texts as a soup, and does not show image/svg+xml at all. An <img> with a
// data URI passes, as do figcaption, details and tables with inline styles. It costs the tooltips,
// which are then seen only where the SVG is opened by itself; the numbers under the picture make up
// for it. Links that save a circuit as SVG, JSON or CSV hold the file in their address, which the
// same sanitiser strips: they work in a notebook that was run or is trusted, and in an exported page;
// elsewhere the image can be saved from its context menu, and book.Save writes files. The one place
// where this form fails is nbconvert with its own sanitize_html switched on: that knows neither img
// nor figure.
//
// Strips of tokens are text in HTML: preformatted
// lines whose tokens are tinted and carry their values as title attributes, which the sanitiser
// keeps, so that hovering works in a notebook that is not trusted. Tints are translucent and mix with
// the page's own ground. Where styles are stripped too, the columns stay, for they are made of
// spaces, and peaks stay bold. Their SVG is for files.
//
// # Why drawn here
//
// gonum/plot draws well, but its SVG writer sets text in fixed inks without roles, titles or ids that
// could be scoped, has no text twin, and cannot name lines at their ends. The few kinds of picture
// needed are short enough to write down, and their layout is then testable as data.
package viz
