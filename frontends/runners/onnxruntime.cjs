// Measures with ONNX Runtime for hale, behind npm.cjs.
const isWeb = name === 'onnxruntime-web';
const ort = require(root);
if (ort.env.logLevel !== undefined) ort.env.logLevel = 'error';

const arrays = {
  f32: ['float32', Float32Array], f64: ['float64', Float64Array], f16: ['float16', Uint16Array],
  i8: ['int8', Int8Array], ui8: ['uint8', Uint8Array], i16: ['int16', Int16Array],
  ui16: ['uint16', Uint16Array], i32: ['int32', Int32Array], ui32: ['uint32', Uint32Array],
  i64: ['int64', BigInt64Array], ui64: ['uint64', BigUint64Array], i1: ['bool', Uint8Array],
};

function tensorOf(input) {
  const known = arrays[input.element];
  if (known === undefined) throw new Error(`input '${input.name}': no runner feeds ${input.element}`);
  const [type, Numbers] = known;
  const numbers = new Numbers(input.dims.reduce((a, b) => a * b, 1));
  const halfOne = 0x3c00;
  if (type === 'float16') numbers.fill(halfOne);
  else fed(numbers, type.startsWith('float'));
  return new ort.Tensor(type, numbers, input.dims);
}

let session = null;
let feeds = {};
let runsBetweenCollections = 1;

async function load(request) {
  const options = {
    graphOptimizationLevel: request.optimisation,
    intraOpNumThreads: request.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
  };
  if (isWeb) {
    ort.env.wasm.numThreads = request.threads;
    options.executionProviders = ['wasm'];
    session = await ort.InferenceSession.create(new Uint8Array(fs.readFileSync(request.load)), options);
  } else {
    session = await ort.InferenceSession.create(request.load, options);
  }
  feeds = {};
  for (const input of request.inputs) feeds[input.name] = tensorOf(input);
  runsBetweenCollections = collectionInterval(await session.run(feeds));
  return { ready: `${name} ${version}` };
}

// Outputs are garbage of JavaScript's. Where they are left to pile up, each run writes to memory that
// is new to the process, and the page faults can take longer than the network.
function collectionInterval(outputs) {
  const most = 1 << 18;
  let bytes = 1;
  for (const name of Object.keys(outputs)) {
    const data = outputs[name].data;
    bytes += data.byteLength === undefined ? 0 : data.byteLength;
  }
  return Math.min(Math.max(Math.floor(most / bytes), 1), 8);
}

async function run(count) {
  const milliseconds = [];
  for (let i = 0; i < count; ++i) {
    const begin = process.hrtime.bigint();
    await session.run(feeds);
    milliseconds.push(Number(process.hrtime.bigint() - begin) / 1e6);
    if (i % runsBetweenCollections === 0) global.gc({ type: 'minor' });
  }
  return { milliseconds };
}

answerWith(load, run);
