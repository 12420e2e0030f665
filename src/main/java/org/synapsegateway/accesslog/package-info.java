/** The access log: a line for each request, in which nobody's secrets are. */
package org.synapsegateway.accesslog;
