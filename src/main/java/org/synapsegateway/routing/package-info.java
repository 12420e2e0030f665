/**
 * Decides where a request goes: the languages of routes, and the rules of who may request a path.
 */
@NullMarked
package org.synapsegateway.routing;

import org.jspecify.annotations.NullMarked;
