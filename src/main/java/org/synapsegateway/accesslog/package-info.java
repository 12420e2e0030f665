/** The access log: a line for each request, in which nobody's secrets are. */
@NullMarked
package org.synapsegateway.accesslog;

import org.jspecify.annotations.NullMarked;
