/** Whose token it is, where the token does not say: asked of Synapse, and read in its replies. */
@NullMarked
package org.synapsegateway.whoami;

import org.jspecify.annotations.NullMarked;
