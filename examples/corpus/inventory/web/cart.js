/**
 * A shopping cart as a pure reducer: every action returns a new state.
 * Prices are whole cents.
 */

/** @typedef {{sku: string, name: string, price: number, quantity: number}} Line */
/** @typedef {{lines: Line[], coupon: string | null}} Cart */

export const emptyCart = Object.freeze({ lines: [], coupon: null });

const COUPONS = {
  TENOFF: (subtotal) => Math.round(subtotal * 0.1),
  FIVER: (subtotal) => (subtotal >= 2000 ? 500 : 0),
};

/**
 * Replace the line with the given SKU by what `change` makes of it; a quantity
 * of zero or less removes it.
 * @param {Line[]} lines
 * @param {string} sku
 * @param {(line: Line) => Line} change
 * @returns {Line[]}
 */
function updateLine(lines, sku, change) {
  return lines
    .map((line) => (line.sku === sku ? change(line) : line))
    .filter((line) => line.quantity > 0);
}

/**
 * Apply an action.
 * @param {Cart} cart
 * @param {{type: string} & Record<string, any>} action
 * @returns {Cart} the cart itself when nothing changes
 */
export function reduce(cart, action) {
  switch (action.type) {
    case 'add': {
      const { sku, name, price, quantity = 1 } = action;
      if (cart.lines.some((line) => line.sku === sku)) {
        const more = (line) => ({ ...line, quantity: line.quantity + quantity });
        return { ...cart, lines: updateLine(cart.lines, sku, more) };
      }
      return { ...cart, lines: [...cart.lines, { sku, name, price, quantity }] };
    }
    case 'set':
      return {
        ...cart,
        lines: updateLine(cart.lines, action.sku, (line) => ({ ...line, quantity: action.quantity })),
      };
    case 'coupon':
      return action.code in COUPONS ? { ...cart, coupon: action.code } : cart;
    case 'clear':
      return emptyCart;
    default:
      return cart;
  }
}

/**
 * Work out what is to be paid. Shipping is free from 50.00 after the discount.
 * @param {Cart} cart
 * @returns {{subtotal: number, discount: number, shipping: number, total: number}}
 */
export function totals(cart) {
  const subtotal = cart.lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
  const discount = cart.coupon === null ? 0 : COUPONS[cart.coupon](subtotal);
  const goods = subtotal - discount;
  const shipping = goods === 0 || goods >= 5000 ? 0 : 490;
  return { subtotal, discount, shipping, total: goods + shipping };
}

/**
 * Format cents for display.
 * @param {number} cents
 * @returns {string}
 */
export function formatCents(cents) {
  const sign = cents < 0 ? '-' : '';
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
