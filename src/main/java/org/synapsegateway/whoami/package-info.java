/** Whose token it is, where the token does not say: asked of Synapse, and read in its replies. */
package org.synapsegateway.whoami;
