/** What a request says about its user, in Matrix's terms. */
@NullMarked
package org.synapsegateway.identity;

import org.jspecify.annotations.NullMarked;
