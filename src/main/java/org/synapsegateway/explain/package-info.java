/**
 * What the routes would do with a request, or with all those of an access log or of Synapse's
 * documentation: a rehearsal that sends nothing, and the texts that tell its outcome.
 */
package org.synapsegateway.explain;
