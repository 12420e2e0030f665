/**
 * Which request goes where: the languages that routes are written in, and who may ask for a path.
 */
@NullMarked
package org.synapsegateway.routing;

import org.jspecify.annotations.NullMarked;
