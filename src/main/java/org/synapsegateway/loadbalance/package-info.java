/** Which worker of a group a request goes to: nginx's consistent hash, as a Camel load balancer. */
package org.synapsegateway.loadbalance;
