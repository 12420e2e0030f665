/**
 * The {@code worker:} component: one UNIX socket of Synapse, its pools of connections, and the
 * exchange of one request for one reply on them.
 */
@NullMarked
package org.synapsegateway.worker;

import org.jspecify.annotations.NullMarked;
