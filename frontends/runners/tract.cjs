// Measures with tract in WebAssembly for hale, behind npm.cjs.
//
// The package keeps tract in a worker, as a text inside its own source, and sends it messages. Here
// the worker's code runs in this very thread, so that no message is measured.
const source = fs.readFileSync(require.resolve(root), 'utf8');
const worker = source.match(/data:application\/javascript;base64,([A-Za-z0-9+/=]+)/);
if (worker === null) throw new Error(`no worker found in ${root}`);

let handle = null;
let settle = null;
global.self = {
  addEventListener: (type, handler) => { handle = handler; },
  postMessage: (message) => settle(message),
};
global.require = require;
new Function(Buffer.from(worker[1], 'base64').toString())();

// Why tract stopped for good, which it writes there and then is 'unreachable'.
let panic = '';
console.error = (text) => { panic = String(text).split('\n')[0]; };

// What tract says of a model that it refuses spans many lines.
function reasonOf(error) {
  const text = panic !== '' ? panic : String(error && error.message || error);
  return text.replace(/\s+/g, ' ').slice(0, 400);
}

function ask(type, body) {
  return new Promise((resolve, reject) => {
    settle = (message) =>
      message.type === 'error' ? reject(new Error(reasonOf(message.body))) : resolve(message.body);
    handle({ data: { type, body, uid: 0 } });
  });
}

const arrays = {
  f32: ['float32', Float32Array], f64: ['float64', Float64Array], i8: ['int8', Int8Array],
  ui8: ['uint8', Uint8Array], i16: ['int16', Int16Array], ui16: ['uint16', Uint16Array],
  i32: ['int32', Int32Array], ui32: ['uint32', Uint32Array],
};

function tensorOf(input) {
  const known = arrays[input.element];
  if (known === undefined) throw new Error(`input '${input.name}': tract takes no ${input.element}`);
  const [type, Numbers] = known;
  const numbers = new Numbers(input.dims.reduce((a, b) => a * b, 1));
  return { data: fed(numbers, type.startsWith('float')), shape: input.dims };
}

let model = null;

async function load(request) {
  if (request.threads !== 1) throw new Error(`tract has 1 thread, found ${request.threads}`);
  const tensors = request.inputs.map(tensorOf);
  const inputFacts = {};
  request.inputs.forEach((input, i) => { inputFacts[i] = [arrays[input.element][0], input.dims]; });
  const options = { format: 'onnx', optimize: request.optimisation !== 'disabled', inputFacts };
  const modelId = await ask('load', { data: fs.readFileSync(request.load), options });
  model = { modelId, tensors };
  return { ready: `${name} ${version}` };
}

async function run(count) {
  const milliseconds = [];
  for (let i = 0; i < count; ++i) {
    const begin = process.hrtime.bigint();
    await ask('predict', model);
    milliseconds.push(Number(process.hrtime.bigint() - begin) / 1e6);
    global.gc({ type: 'minor' });
  }
  return { milliseconds };
}

answerWith(load, run);
