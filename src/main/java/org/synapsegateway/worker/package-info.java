/**
 * The {@code worker:} component: one UNIX socket of Synapse, its pools of connections, and the
 * exchange of one request for one reply on them.
 */
package org.synapsegateway.worker;
