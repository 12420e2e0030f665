/**
 * Chooses the worker of a group for a request: nginx's consistent hash, as a Camel load balancer.
 */
@NullMarked
package org.synapsegateway.loadbalance;

import org.jspecify.annotations.NullMarked;
