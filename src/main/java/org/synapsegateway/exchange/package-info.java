/**
 * Where requests and replies meet Camel: the message whose headers are their fields, the step that
 * reads a body, and what a route's steps may convert.
 */
@NullMarked
package org.synapsegateway.exchange;

import org.jspecify.annotations.NullMarked;
