/**
 * TLS of the client's side: certificates and their choice, session tickets, and the encryption of
 * one connection. It knows nothing of HTTP.
 */
@NullMarked
package org.synapsegateway.tls;

import org.jspecify.annotations.NullMarked;
