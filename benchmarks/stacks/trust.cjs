// Read before official.cjs: adds one root to those that Node is built with, and sends what goes out
// over HTTPS through the proxy of the environment. No check is switched off or changed.
//
// Amazon's verifier proves a certificate with `tls.rootCertificates`, which knows nothing of
// NODE_EXTRA_CA_CERTS and cannot be assigned to, so whoever requires "tls" gets the same module
// with a longer list. Its download goes through `https.globalAgent`, which in Node 20 knows
// nothing of `https_proxy`.
"use strict";

const fs = require("fs");
const https = require("https");
const Module = require("module");
const tls = require("tls");
const { HttpsProxyAgent } = require("https-proxy-agent");

https.globalAgent = new HttpsProxyAgent(process.env.https_proxy);

const root = fs.readFileSync(process.env.NODE_EXTRA_CA_CERTS, "utf8");
const trusting = Object.create(tls, {
  rootCertificates: { value: [...tls.rootCertificates, root], enumerable: true },
});
const load = Module._load;
Module._load = function (request, ...rest) {
  return request === "tls" ? trusting : load.call(this, request, ...rest);
};
