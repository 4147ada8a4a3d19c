// What tests ask of a page that shows a notebook: which outputs a reader sees.
window.labtest = (() => {
	// Where the outputs are: for each code cell the elements of its outputs.
	const places = {
		lab: () => panel.content.widgets.filter(w => w.model.type === 'code').map(w => ({
			trusted: w.model.trusted,
			outputs: w.outputArea.widgets.map(o => o.node.querySelector('.jp-OutputArea-output')),
		})),
		page: () => [...document.querySelectorAll('.jp-CodeCell')].map(c => ({
			trusted: false,
			outputs: [...c.querySelectorAll('.jp-OutputArea-child')].map(o => o.querySelector('.jp-OutputArea-output')),
		})),
	}

	const squeeze = text => text.replace(/\s+/g, '')
	const brief = text => text.length > 60 ? text.slice(0, 60) + '...' : text
	const sized = e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 }
	const parse = html => new DOMParser().parseFromString(html, 'text/html').body
	const declarations = style => style.split(';').map(squeeze).filter(d => d)

	// Attributes that say nothing to the eye; JupyterLab takes them away.
	const unseen = name => /^(id|role|tabindex|loading|aria-.*|data-.*)$/.test(name)

	// The elements in which what is drawn is looked for.
	let figures = []

	// compare says what of the fragment `want` is missing in the element `node`.
	function compare(node, want, problems, lost) {
		if (squeeze(node.textContent) !== squeeze(want.textContent)) {
			problems.push(`its text is ${JSON.stringify(brief(node.textContent))}, not ${JSON.stringify(brief(want.textContent))}`)
		}
		const got = [...node.querySelectorAll('*')], all = [...want.querySelectorAll('*')]
		const names = list => list.map(e => e.localName).join(' ')
		if (names(got) !== names(all)) {
			const at = all.findIndex((e, i) => e.localName !== got[i]?.localName)
			problems.push(`it has ${got.length} elements, not ${all.length}` + (at < 0 ? '' : `: <${all[at].localName}> is missing`))
			return
		}
		all.forEach((e, i) => {
			for (const {name, value} of e.attributes) {
				const is = got[i].getAttribute(name)
				if (name === 'style') {
					const kept = declarations(is ?? '')
					for (const d of declarations(value)) if (!kept.includes(d)) problems.push(`<${e.localName}> has lost its style ${d}`)
				} else if (name === 'src' && is !== value) {
					problems.push(`<${e.localName}> has lost its src`)
				} else if (is !== value && !unseen(name) && !(name === 'href' && is)) {
					lost.push(`${e.localName}[${name}]`)
				}
			}
		})
	}

	// inspect looks at every display in `want`. It says of each what hides it
	// from a reader, and which attributes without a look of their own are lost.
	async function inspect(place, want) {
		const cells = places[place]()
		figures = []
		return Promise.all(want.map(async (w, index) => {
			const problems = [], lost = []
			const node = cells[w.cell]?.outputs[w.output]
			const result = {problems, lost}
			if (!node) {
				problems.push('it is not on the page')
				return result
			}
			if (cells[w.cell].trusted) problems.push('its cell is trusted, so that this says nothing about a notebook that is not')
			const body = w.html ? parse(w.html) : null
			if (body) compare(node, body, problems, lost)
			else if (w.text && squeeze(node.textContent) !== squeeze(w.text)) {
				problems.push(`its text is ${JSON.stringify(brief(node.textContent))}, not ${JSON.stringify(brief(w.text))}`)
			}

			const pictures = [...node.querySelectorAll('img')]
			const expected = body ? body.querySelectorAll('img').length : w.images
			if (pictures.length !== expected) problems.push(`it shows ${pictures.length} of ${expected} pictures`)
			for (const d of node.querySelectorAll('details')) {
				// What a click would show; a picture stays open, to be looked at.
				const was = d.open
				d.open = true
				if (![...d.children].every(c => c.localName === 'summary' || sized(c))) problems.push('its <details> opens on nothing')
				d.open = was || d.querySelector('img') !== null
			}
			for (const p of pictures) {
				await p.decode().catch(() => {})
				if (!p.complete || p.naturalWidth === 0) problems.push('a picture is broken')
				else if (!sized(p) || !p.checkVisibility({visibilityProperty: true, opacityProperty: true})) problems.push('a picture has no size')
				else figures.push({index, picture: true, node: p})
			}
			if (expected === 0) {
				if (!sized(node) || !node.innerText.trim()) problems.push('it shows no text')
				else figures.push({index, picture: false, node})
			}
			return result
		}))
	}

	// view scrolls figure `at` into view and says where each figure then is.
	async function view(at) {
		figures[at].node.scrollIntoView({block: 'start', behavior: 'instant'})
		for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame)
		const area = (window.panel?.content.node.querySelector('.jp-WindowedPanel-outer') ?? document.documentElement).getBoundingClientRect()
		const top = Math.max(0, area.top), bottom = Math.min(innerHeight, area.bottom)
		const left = Math.max(0, area.left), right = Math.min(innerWidth, area.right)
		return figures.map(({index, picture, node}, i) => {
			const r = node.getBoundingClientRect()
			const box = {
				index, picture,
				left: Math.max(left, r.left), top: Math.max(top, r.top),
				right: Math.min(right, r.right), bottom: Math.min(bottom, r.bottom),
				whole: r.top >= top && r.bottom <= bottom || i === at,
			}
			const hit = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2)
			if (!hit || !node.contains(hit)) box.cover = hit ? `<${hit.localName} class="${hit.className}">` : 'nothing'
			return box
		})
	}

	return {inspect, view, count: () => figures.length}
})()
