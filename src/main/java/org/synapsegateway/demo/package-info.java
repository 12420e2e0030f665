/** A gateway before small workers of its own, so that a newcomer can try it without a Synapse. */
@NullMarked
package org.synapsegateway.demo;

import org.jspecify.annotations.NullMarked;
