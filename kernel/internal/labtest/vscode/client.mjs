// Does with a kernel what VS Code's notebooks do: by way of a Jupyter server, with the
// library that its extension is built on, and over ZeroMQ, as it talks to a kernel on
// the same machine. Prints what it saw, as JSON.
//
//   node client.mjs MODULES server URL TOKEN
//   node client.mjs MODULES raw KERNEL.JSON FOLDER
import {spawn} from 'node:child_process'
import {createHmac, randomUUID} from 'node:crypto'
import {once} from 'node:events'
import {readFileSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {createServer} from 'node:net'
import {join} from 'node:path'

const [modules, mode, ...rest] = process.argv.slice(2)
const require = createRequire(join(modules, 'package.json'))

// How VS Code asks for a cell to be executed.
const asked = code => ({code, silent: false, stop_on_error: false, allow_stdin: true, store_history: true})
const loop = 'for i := 0; ; i++ {\n\tfmt.Println("on", i)\n\ttime.Sleep(200 * time.Millisecond)\n}'
// Only what is dead takes as long as within waits.
const within = (what, promise) => Promise.race([promise, new Promise((_, no) => setTimeout(() => no(new Error(`${what}: nothing after five minutes`)), 300_000))])
const until = (what, there) => {
	const look = async () => { while (!there()) await new Promise(r => setTimeout(r, 20)) }
	return within(what, look())
}

// note keeps of a message on IOPub what a cell shows.
function note(out, {header: {msg_type: type}, content}) {
	if (type === 'status') out.idle = content.execution_state === 'idle'
	else if (type === 'stream') out.text += content.text
	else if (type === 'error') out.error = content
	else if (/^(display_data|update_display_data|execute_result)$/.test(type)) {
		out.displays.push({type, mimes: Object.keys(content.data).sort(), id: content.transient?.display_id, data: content.data})
	}
}

async function server(url, token) {
	const {KernelManager, KernelSpecManager, ServerConnection} = require('@jupyterlab/services')
	const serverSettings = ServerConnection.makeSettings({baseUrl: url, wsUrl: url.replace(/^http/, 'ws'), token, appendToken: true, WebSocket: require('ws'), fetch, Request, Headers})
	const specs = new KernelSpecManager({serverSettings})
	await specs.ready
	const spec = specs.specs.kernelspecs.circuitbook
	const manager = new KernelManager({serverSettings})
	const kernel = await manager.startNew({name: 'circuitbook'}, {username: 'vscode'})
	const run = async (code, meta = {}, during = async () => {}) => {
		const out = {text: '', displays: [], asked: []}
		const future = kernel.requestExecute(asked(code), false, {cellId: randomUUID(), ...meta})
		future.onIOPub = m => note(out, m)
		future.onStdin = m => { out.asked.push(m.content.prompt); kernel.sendInputReply({status: 'ok', value: 'Ada'}, m.header) }
		const doing = during(out)
		const reply = (await within(code, future.done)).content
		await doing
		return {...out, status: reply.status, count: reply.execution_count}
	}
	const info = await within('info', kernel.info)
	const seen = {
		spec: {name: spec.display_name, language: spec.language, logos: Object.keys(spec.resources).sort()},
		info: {language: info.language_info.name, extension: info.language_info.file_extension, mime: info.language_info.mimetype},
		comms: (await within('comms', kernel.requestCommInfo({target_name: 'jupyter.widget'}))).content,
		value: await run('n := 6\nn * 7'),
		kept: await run('n++\nn'),
		figure: await run('tokenview.TokenStrips{Strips: []tokenview.TokenStrip{tokenview.Strip("a", []string{"x", "y"}, []float64{1, -1})}}'),
		updated: await run('gonbui.UpdateHTML("bar", "<b>1</b>")\ngonbui.UpdateHTML("bar", "<b>2</b>")\ngonbui.Sync()'),
		input: await run('var name string\nfmt.Scanln(&name)\nfmt.Println("hello", name)'),
		wrong: await run('fmt.Println(nosuch)'),
	}
	seen.complete = (await within('complete', kernel.requestComplete({code: 'strings.ToTi', cursor_pos: 12}))).content
	seen.inspect = (await within('inspect', kernel.requestInspect({code: 'strings.ToTitle("x")', cursor_pos: 10, detail_level: 0}))).content
	seen.isComplete = (await within('is complete', kernel.requestIsComplete({code: 'for {'}))).content
	seen.interrupted = await run(loop, {}, async out => { await until('on 1', () => out.text.includes('on 1')); await kernel.interrupt() })
	seen.after = await run('fmt.Println("on")')
	await within('restart', kernel.restart())
	await within('info', kernel.requestKernelInfo())
	seen.restarted = await run('fmt.Println("again")')
	await within('shutdown', kernel.shutdown())
	manager.dispose()
	specs.dispose()
	return seen
}

// freePorts are ports that nothing listens at.
async function freePorts(n) {
	const servers = Array.from({length: n}, () => createServer().listen(0, '127.0.0.1'))
	await Promise.all(servers.map(s => once(s, 'listening')))
	const ports = servers.map(s => s.address().port)
	await Promise.all(servers.map(s => new Promise(r => s.close(r))))
	return ports
}

async function raw(kernelJSON, folder) {
	const {Dealer, Subscriber} = require('zeromq')
	const spec = JSON.parse(readFileSync(kernelJSON))
	const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await freePorts(5)
	const key = randomUUID(), file = join(folder, 'connection.json')
	writeFileSync(file, JSON.stringify({shell_port, iopub_port, stdin_port, control_port, hb_port, key, ip: '127.0.0.1', transport: 'tcp', signature_scheme: 'hmac-sha256', kernel_name: 'circuitbook'}), {mode: 0o600})
	const argv = spec.argv.map(a => a.replace('{connection_file}', file))
	const child = spawn(argv[0], argv.slice(1), {cwd: folder, env: {...process.env, ...spec.env}, stdio: ['ignore', 'inherit', 'inherit']})
	const ended = once(child, 'exit')
	const session = randomUUID(), routingId = randomUUID()
	const shell = new Dealer({routingId}), control = new Dealer({routingId}), iopub = new Subscriber()
	shell.connect(`tcp://127.0.0.1:${shell_port}`)
	control.connect(`tcp://127.0.0.1:${control_port}`)
	iopub.connect(`tcp://127.0.0.1:${iopub_port}`)
	iopub.subscribe()
	const sign = parts => parts.reduce((h, p) => h.update(p), createHmac('sha256', key)).digest('hex')
	const replies = new Map(), outs = new Map()
	const read = async (socket, take) => {
		for await (const frames of socket) {
			const at = frames.findIndex(f => f.toString() === '<IDS|MSG>')
			const [signature, ...parts] = frames.slice(at + 1, at + 6)
			if (signature.toString() !== sign(parts)) throw new Error('a message is signed wrongly')
			const [header, parent_header, , content] = parts.map(p => JSON.parse(p))
			take({header, parent_header, content})
		}
	}
	for (const socket of [shell, control]) void read(socket, m => replies.get(m.parent_header.msg_id)?.(m)).catch(fail)
	let heard = false
	void read(iopub, m => { heard = true; const out = outs.get(m.parent_header.msg_id); if (out) note(out, m) }).catch(fail)
	const ask = (socket, msg_type, content) => {
		const msg_id = randomUUID()
		const parts = [{msg_id, session, username: 'vscode', date: new Date().toISOString(), msg_type, version: '5.3'}, {}, {}, content].map(p => JSON.stringify(p))
		const out = {text: '', displays: []}
		outs.set(msg_id, out)
		const reply = within(msg_type, new Promise(r => replies.set(msg_id, r)))
		void socket.send(['<IDS|MSG>', sign(parts), ...parts]).catch(fail)
		return {out, reply}
	}
	const run = async code => {
		const {out, reply} = ask(shell, 'execute_request', {...asked(code), allow_stdin: false, user_expressions: {}})
		const {content} = await reply
		await until('idle', () => out.idle) // what is shown comes on another socket
		return {...out, status: content.status, count: content.execution_count}
	}
	const seen = {interruptMode: spec.interrupt_mode}
	do {
		seen.info = (await ask(shell, 'kernel_info_request', {}).reply).content
		await new Promise(r => setTimeout(r, 20))
	} while (!heard) // until the subscription has got there, what is shown is lost
	seen.value = await run('n := 6\nn * 7')
	seen.kept = await run('n++\nn')
	const {out, reply} = ask(shell, 'execute_request', {...asked(loop), user_expressions: {}})
	await until('on 1', () => out.text.includes('on 1'))
	seen.interruptReply = (await ask(control, 'interrupt_request', {}).reply).content
	seen.interrupted = {text: out.text, status: (await reply).content.status}
	seen.shutdown = (await ask(control, 'shutdown_request', {restart: false}).reply).content
	seen.exit = (await within('the end', ended))[0]
	return seen
}

function fail(e) {
	console.error(e)
	process.exit(1)
}

({server, raw})[mode](...rest).then(seen => { console.log(JSON.stringify(seen)); process.exit(0) }, fail)
