/** Small workers on UNIX sockets, so that a newcomer can try the gateway without a Synapse. */
package org.synapsegateway.demo;
