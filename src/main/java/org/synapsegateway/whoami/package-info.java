/** Finds the user of a token that does not name one: asks Synapse, and reads Synapse's replies. */
@NullMarked
package org.synapsegateway.whoami;

import org.jspecify.annotations.NullMarked;
