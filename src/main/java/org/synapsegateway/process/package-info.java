/**
 * The running gateway: it makes a generation of routes of the files, lets another one take over
 * when they have changed, and stops in order, as its supervisor and its memory want it.
 */
@NullMarked
package org.synapsegateway.process;

import org.jspecify.annotations.NullMarked;
