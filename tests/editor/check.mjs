// Tries the schema as an editor does: yaml-language-server opens cluster.yaml, finds the schema by the comment in its
// first line, and must complete, explain and mark mistakes. `.ci/editor` installs what this needs, and runs it.
//
// Every text is opened under a name of its own, beside the file that it is a variation of, and never written to disk.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { StreamMessageReader, StreamMessageWriter, createMessageConnection } from "vscode-jsonrpc/node.js";

const root = resolve(process.env.TRUEUP_ROOT);
const files = ["cluster.yaml", ...readdirSync(join(root, "examples")).map((name) => `examples/${name}`)];
const read = (file) => readFileSync(join(root, file), "utf8");

let server, connection;
const published = new Map(); // by uri: who waits for its diagnostics

before(async () => {
    const program = createRequire(import.meta.url).resolve("yaml-language-server/bin/yaml-language-server");
    server = spawn(process.execPath, [program, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    connection = createMessageConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
    connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) => published.get(uri)?.(diagnostics));
    // The schema must be found by the comment alone, without a network.
    const settings = { yaml: { schemaStore: { enable: false }, validate: true, hover: true, completion: true } };
    connection.onRequest("workspace/configuration", ({ items }) => items.map(({ section }) => settings[section] ?? null));
    connection.onRequest("client/registerCapability", () => null);
    connection.listen();
    const rootUri = pathToFileURL(root).href;
    const workspace = { configuration: true, didChangeConfiguration: { dynamicRegistration: true } };
    await connection.sendRequest("initialize", { processId: process.pid, rootUri, capabilities: { workspace } });
    await connection.sendNotification("initialized", {});
});

after(() => server.kill());

let opened = 0;

/** Opens a text as a sibling of `file`; gives its address and what the server has to say about it. */
async function open(file, text = read(file)) {
    opened += 1;
    const uri = pathToFileURL(join(root, file.replace(/yaml$/, `${opened}.yaml`))).href;
    const diagnostics = new Promise((told) => published.set(uri, told));
    await connection.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
    return { uri, text, diagnostics: await diagnostics };
}

/** Asks about the end of the first `marker` in the text. */
async function ask(method, { uri, text }, marker) {
    const at = text.indexOf(marker);
    assert.notEqual(at, -1, `the text has no ${marker}`);
    const lines = text.slice(0, at + marker.length).split("\n");
    const position = { line: lines.length - 1, character: lines.at(-1).length };
    return connection.sendRequest(`textDocument/${method}`, { textDocument: { uri }, position });
}

async function completions(text, marker) {
    const { items } = await ask("completion", await open("cluster.yaml", text), marker);
    return items.map(({ label }) => label);
}

for (const file of files) {
    test(`${file} is without fault`, async () => {
        assert.deepEqual((await open(file)).diagnostics, []);
    });

    test(`${file} with an unknown key is not`, async () => {
        const { diagnostics } = await open(file, `${read(file)}\nunheardOf: true\n`);
        assert.deepEqual(diagnostics.map(({ message }) => message), ["Property unheardOf is not allowed."]);
    });
}

test("a mistyped key is marked where it stands", async () => {
    const text = read("cluster.yaml").replace("publicAccessCidrs:", "publicAccessCidr:");
    const { diagnostics } = await open("cluster.yaml", text);
    assert.deepEqual(diagnostics.map(({ message }) => message), ["Property publicAccessCidr is not allowed."]);
    const { line, character } = diagnostics[0].range.start;
    assert.match(text.split("\n")[line].slice(character), /^publicAccessCidr:/);
});

test("a value that there is not is marked", async () => {
    const { diagnostics } = await open("cluster.yaml", read("cluster.yaml").replace("capacityType: SPOT", "capacityType: SPOTTY"));
    assert.equal(diagnostics.length, 1);
    assert.match(diagnostics[0].message, /ON_DEMAND.*SPOT.*CAPACITY_BLOCK/s);
});

test("keys under cluster are completed, without those that are there", async () => {
    const text = read("cluster.yaml").replace("\n  deletionProtection: true\n", "\n  #here\n");
    const labels = await completions(text.replace("#here", ""), text.slice(0, text.indexOf("#here")));
    for (const key of ["deletionProtection", "zonalShiftConfig", "controlPlaneScalingConfig", "kubernetesNetworkConfig"]) {
        assert.ok(labels.includes(key), `${key} is not among ${labels}`);
    }
    for (const key of ["version", "nodegroups", "nodegroupName"]) {
        assert.ok(!labels.includes(key), `${key} is among ${labels}`);
    }
});

test("the values of capacityType are completed", async () => {
    const labels = await completions(read("cluster.yaml").replace("capacityType: SPOT", "capacityType: "), "capacityType: ");
    assert.deepEqual(labels.sort(), ["CAPACITY_BLOCK", "ON_DEMAND", "SPOT"]);
});

test("publicAccessCidrs is explained", async () => {
    const { contents } = await ask("hover", await open("cluster.yaml"), "publicAccess");
    assert.match(contents.value, /Address ranges that may reach the public endpoint/);
});
