// The errors of futures, one function per code. Codes and texts are from the documentation's error codes of USDⓈ-M
// futures unless a comment says otherwise.
import { codedError, type ErrorAnswer } from "../errors.ts";

/** Also for prices. */
export function tooPrecise(): ErrorAnswer {
  return codedError(400, -1111, "Precision is over the maximum defined for this asset.");
}

export function noSuchListenKey(): ErrorAnswer {
  return codedError(400, -1125, "This listenKey does not exist.");
}

export function unknownOrder(): ErrorAnswer {
  return codedError(400, -2011, "Unknown order sent.");
}

export function marginInsufficient(): ErrorAnswer {
  return codedError(400, -2019, "Margin is insufficient.");
}

export function wouldTrigger(): ErrorAnswer {
  return codedError(400, -2021, "Order would immediately trigger.");
}

export function reduceOnlyRejected(): ErrorAnswer {
  return codedError(400, -2022, "ReduceOnly Order is rejected.");
}

export function tooManyOpenOrders(): ErrorAnswer {
  return codedError(400, -2025, "Reach max open order limit.");
}

export function positionTooLarge(): ErrorAnswer {
  return codedError(400, -2027, "Exceeded the maximum allowable position at current leverage.");
}

export function leverageTooHigh(): ErrorAnswer {
  return codedError(400, -2028, "Leverage is smaller than permitted: insufficient margin balance.");
}

export function priceTooLow(): ErrorAnswer {
  return codedError(400, -4013, "Price less than min price.");
}

export function priceTooHigh(): ErrorAnswer {
  return codedError(400, -4002, "Price greater than max price.");
}

export function quantityNotPositive(): ErrorAnswer {
  return codedError(400, -4003, "Quantity less than or equal to zero.");
}

export function quantityTooLarge(): ErrorAnswer {
  return codedError(400, -4005, "Quantity greater than max quantity.");
}

export function priceOffTick(): ErrorAnswer {
  return codedError(400, -4014, "Price not increased by tick size.");
}

/** The text is the one that people report. */
export function priceAboveMark(limit: string): ErrorAnswer {
  return codedError(400, -4016, `Limit price can't be higher than ${limit}.`);
}

export function invalidDepthLimit(limit: string): ErrorAnswer {
  return codedError(400, -4021, `'${limit}' is not valid depth limit.`);
}

export function quantityOffStep(): ErrorAnswer {
  return codedError(400, -4023, "Qty not increased by step size.");
}

/** The text is the one that people report. */
export function priceBelowMark(limit: string): ErrorAnswer {
  return codedError(400, -4024, `Limit price can't be lower than ${limit}.`);
}

export function invalidLeverage(leverage: number): ErrorAnswer {
  return codedError(400, -4028, `Leverage ${leverage} is not valid`);
}

export function tooManyAlgoOrders(): ErrorAnswer {
  return codedError(400, -4045, "Reach max stop order limit.");
}

export function sameMarginType(): ErrorAnswer {
  return codedError(400, -4046, "No need to change margin type.");
}

export function marginTypeHasOrders(): ErrorAnswer {
  return codedError(400, -4047, "Margin type cannot be changed if there exists open orders.");
}

export function marginTypeHasPosition(): ErrorAnswer {
  return codedError(400, -4048, "Margin type cannot be changed if there exists position.");
}

export function samePositionMode(): ErrorAnswer {
  return codedError(400, -4059, "No need to change position side.");
}

export function wrongPositionSide(): ErrorAnswer {
  return codedError(400, -4061, "Order's position side does not match user's setting.");
}

export function positionModeHasOrders(): ErrorAnswer {
  return codedError(400, -4067, "Position side cannot be changed if there exists open orders.");
}

export function positionModeHasPosition(): ErrorAnswer {
  return codedError(400, -4068, "Position side cannot be changed if there exists position.");
}

export function mayOnlyReduce(): ErrorAnswer {
  return codedError(400, -4087, "User can only place reduce only order");
}

export function mayNotPlaceOrders(): ErrorAnswer {
  return codedError(400, -4088, "User can not place order currently");
}

export function duplicateClientOrderId(): ErrorAnswer {
  return codedError(400, -4116, "ClientOrderId is duplicated.");
}

/** Documented in the change log of November 2025: conditional orders have their own calls. */
export function conditionalElsewhere(): ErrorAnswer {
  const advice = "Please use the Algo Order API endpoints instead.";
  return codedError(400, -4120, `Order type not supported for this endpoint. ${advice}`);
}

export function closingOrderExists(): ErrorAnswer {
  const text = "An open stop or take profit order with GTE and closePosition in the direction is existing.";
  return codedError(400, -4130, text);
}

export function notionalTooSmall(minimum: string): ErrorAnswer {
  const text = `Order's notional must be no smaller than ${minimum} (unless you choose reduce only).`;
  return codedError(400, -4164, text);
}

export function multiAssetsHasIsolated(): ErrorAnswer {
  const text =
    "Unable to adjust to Multi-Assets mode with symbols of USDⓈ-M Futures under isolated-margin mode.";
  return codedError(400, -4168, text);
}

/** assumed: the code. People report the text. */
export function sameMultiAssetsMode(): ErrorAnswer {
  return codedError(400, -4171, "No need to change margin type.");
}

const unrecorded = "The order will not be recorded in the order history";

export function notFilledAtOnce(): ErrorAnswer {
  const text = "Due to the order could not be filled immediately, the FOK order has been rejected.";
  return codedError(400, -5021, `${text} ${unrecorded}`);
}

export function notAsMaker(): ErrorAnswer {
  const text = "Due to the order could not be executed as maker, the Post Only order will be rejected.";
  return codedError(400, -5022, `${text} ${unrecorded}`);
}

export function nothingToModify(): ErrorAnswer {
  return codedError(400, -5027, "No need to modify the order.");
}
