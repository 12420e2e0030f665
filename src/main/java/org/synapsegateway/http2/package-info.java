/**
 * HTTP/2 (RFC 9113) below the routes: what comes as frames becomes the same heads that HTTP/1.1
 * has. Netty's codec reads the frames; the rules by which a request is malformed are here.
 */
package org.synapsegateway.http2;
