/**
 * What the routes would do with a request, or with all those of an access log or of Synapse's
 * documentation: a dry run that sends nothing, and the texts that say its outcome.
 */
@NullMarked
package org.synapsegateway.explain;

import org.jspecify.annotations.NullMarked;
