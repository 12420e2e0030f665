/** A gateway before small workers of its own, so that a newcomer can try it without a Synapse. */
package org.synapsegateway.demo;
