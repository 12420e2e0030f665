/**
 * HTTP/2 (RFC 9113) below the routes: frames become the same heads that HTTP/1.1 has. Netty's codec
 * reads the frames; the rules for malformed requests are here.
 */
@NullMarked
package org.synapsegateway.http2;

import org.jspecify.annotations.NullMarked;
