/**
 * Plain HTTP/1 values that both sides of a request share: heads and their fields, body framing,
 * what is forwarded and what is not, and the one list of failures. Knows Netty's buffers, and
 * neither Camel nor Matrix.
 */
@NullMarked
package org.synapsegateway.http;

import org.jspecify.annotations.NullMarked;
