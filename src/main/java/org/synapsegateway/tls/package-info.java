/**
 * TLS with clients and with workers: certificates and their choice, session tickets, authorities,
 * and the encryption of a connection. It knows nothing of HTTP.
 */
@NullMarked
package org.synapsegateway.tls;

import org.jspecify.annotations.NullMarked;
