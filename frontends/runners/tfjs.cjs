// Measures with TensorFlow.js for hale, operation by operation; behind npm.cjs and tfjs_operations.cjs.
// The package is that of a backend, wasm or cpu.
const backend = name.slice(name.lastIndexOf('-') + 1);
const library = require(root);

// How tf.fused names an activation; undefined where it has none of it.
function activationOf(node, constants) {
  if (node.type === 'Relu') return { activation: 'relu' };
  if (node.type === 'LeakyRelu')
    return { activation: 'leakyrelu', leakyreluAlpha: ({ alpha: 0.01, ...node.a }).alpha };
  if (node.type !== 'Clip') return undefined;
  const bounds = [node.a.min, node.a.max].map((bound, i) => {
    const constant = constants.get(node.operands[i + 1]);
    return constant === undefined ? bound : constant.host()[0];
  });
  return bounds[0] === 0 && bounds[1] === 6 ? { activation: 'relu6' } : undefined;
}

// The constant that an Add behind a product with these weights adds to each row.
function biasOf(node, weights, constants) {
  if (node.type !== 'Add') return undefined;
  return node.operands.find((operand) => {
    const constant = constants.get(operand);
    return constant !== undefined && constant.rank === 1 && constant.dims[0] === weights.dims[1];
  });
}

// Convolutions and products take in the bias and the activation that alone use their result.
function fuse(nodes, outputs, constants) {
  const users = new Map(outputs.map((output) => [output, [null]]));
  for (const node of nodes)
    for (const operand of node.operands)
      users.set(operand, [...(users.get(operand) || []), node]);
  const absorbed = new Set();
  const soleUser = (node) => {
    const found = users.get(node.results[0]) || [];
    return found.length === 1 && found[0] !== null ? found[0] : { operands: [] };
  };
  const absorb = (node, user) => {
    absorbed.add(user);
    node.results = user.results;
  };
  for (const node of nodes) {
    const weights = constants.get(node.operands[1]);
    if (!['Conv', 'Gemm', 'MatMul'].includes(node.type) || weights === undefined) continue;
    if (node.type === 'MatMul' && weights.rank !== 2) continue;
    node.fusion = { activation: 'linear' };
    const bias = node.type === 'MatMul' && biasOf(soleUser(node), weights, constants);
    if (bias) {
      node.operands.push(bias);
      absorb(node, soleUser(node));
    }
    const activation = activationOf(soleUser(node), constants);
    if (activation === undefined) continue;
    node.fusion = activation;
    absorb(node, soleUser(node));
  }
  return nodes.filter((node) => !absorbed.has(node));
}

const elements = { f32: 'float32', i32: 'int32', i64: 'int32', i1: 'bool' };

function inputOf(input) {
  const type = elements[input.element];
  if (type === undefined)
    throw new Error(`input '${input.name}': no runner feeds ${input.element}`);
  const numbers = fed(new Float32Array(sizeOf(input.dims)), type === 'float32');
  return fixed(new Value({ numbers, dims: input.dims, type }));
}

function nodesOf(graph, constants) {
  const nodes = [];
  for (const node of graph.node) {
    const a = Object.fromEntries(node.attribute.map((given) => [given.name, attributeOf(given)]));
    if (node.opType === 'Constant' && a.value) constants.set(node.output[0], constantOf(a.value));
    else if (OPERATIONS[node.opType] === undefined)
      throw new Error(`no TensorFlow.js for ${node.opType}`);
    else nodes.push({ type: node.opType, a, operands: [...node.input], results: [...node.output] });
  }
  return nodes;
}

// The nodes of a model as calls over numbered values, made once; each is dropped after its use.
class Network {
  constructor(request) {
    const graph = onnx.ModelProto.decode(fs.readFileSync(request.load)).graph;
    const constants = new Map(graph.initializer.map((tensor) => [tensor.name, constantOf(tensor)]));
    const outputs = graph.output.map((output) => output.name);
    let nodes = nodesOf(graph, constants);
    if (request.optimisation !== 'disabled') nodes = fuse(nodes, outputs, constants);
    this.numbers = new Map();
    this.values = [];
    for (const [constant, value] of constants) this.values[this.numberOf(constant)] = value;
    for (const input of request.inputs) this.values[this.numberOf(input.name)] = inputOf(input);
    this.calls = nodes.map((node) => this.callOf(node, constants));
    this.outputs = outputs.map((output) => this.numberOf(output));
    const end = new Map();
    this.calls.forEach((call, i) => {
      for (const value of [...call.operands, ...call.results]) end.set(value, i);
    });
    for (const value of [-1, ...this.outputs]) end.delete(value);
    for (const [value, i] of end) this.calls[i].dead.push(value);
  }

  numberOf(value) {
    if (value === '') return -1;
    if (!this.numbers.has(value)) this.numbers.set(value, this.numbers.size);
    return this.numbers.get(value);
  }

  callOf(node, constants) {
    node.constants = node.operands.map((operand) => constants.get(operand));
    return {
      run: OPERATIONS[node.type](node),
      operands: node.operands.map((operand) => this.numberOf(operand)),
      results: node.results.map((result) => this.numberOf(result)),
      dead: [],
    };
  }

  forward() {
    const values = [...this.values];
    for (const { run, operands, results, dead } of this.calls) {
      const made = tf.tidy(() => run(...operands.map((number) => values[number])));
      [].concat(made).forEach((value, i) => { values[results[i]] = value; });
      for (const number of dead) values[number].release();
    }
    const read = this.outputs.map((number) => values[number].read());
    for (const number of this.outputs) values[number].release();
    return read;
  }
}

let network = null;

// What is JavaScript's of a run takes several times as long until node has compiled it, which it
// does meanwhile and on the same processor.
function warmUp() {
  const milliseconds = 1500;
  const begin = process.hrtime.bigint();
  do {
    network.forward();
  } while (Number(process.hrtime.bigint() - begin) / 1e6 < milliseconds);
}

async function load(request) {
  if (request.threads !== 1)
    throw new Error(`TensorFlow.js has 1 thread in node, found ${request.threads}`);
  if (backend === 'wasm') {
    library.setWasmPaths(path.join(root, 'dist') + path.sep);
    if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')))
      throw new Error('this node has no WebAssembly SIMD');
  }
  tf.enableProdMode();
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} does not start`);
  network = new Network(request);
  warmUp();
  return { ready: `tfjs-${backend} ${version}` };
}

function run(count) {
  const milliseconds = [];
  for (let i = 0; i < count; ++i) {
    const begin = process.hrtime.bigint();
    network.forward();
    milliseconds.push(Number(process.hrtime.bigint() - begin) / 1e6);
    global.gc({ type: 'minor' });
  }
  return { milliseconds };
}

answerWith(load, run);
