/* Procedure format strings to parameters. */
#include "ndr_compile.h"

#include "ob/alloc.h"

enum { CONTEXT_NOT_NULL = 0x01, CONTEXT_VIA_POINTER = 0x80 };
enum {
    PARAM_IN = 0x08,
    PARAM_OUT = 0x10,
    PARAM_RETURN = 0x20,
    PARAM_BASE = 0x40,
    PARAM_SIMPLE_REF = 0x100,
    PARAM_KNOWN = 0xe1fb /* with must size, must free, by value and the server's size hint */
};

static void compile_context(ob_ndr_compiler *c, ob_ndr_parameter *parameter, int slot,
                            const unsigned char *at)
{
    ob_ndr_procedure *procedure = c->procedure;
    const bool reference = (at[1] & CONTEXT_VIA_POINTER) != 0;
    if (procedure->context_slot >= 0) {
        ob_ndr_refuse(c, "a second context handle", at[0]);
        return;
    }
    if (!reference && parameter->out) {
        ob_ndr_refuse(c, "a context handle that is [out] by value", at[1]);
        return;
    }
    parameter->passing = reference ? OB_NDR_CONTEXT_REFERENCE : OB_NDR_CONTEXT_VALUE;
    procedure->context_slot = slot;
    procedure->context_null_ok = (at[1] & CONTEXT_NOT_NULL) == 0;
    procedure->rundown = at[2];
}

static void compile_base_parameter(ob_ndr_compiler *c, ob_ndr_parameter *parameter,
                                   unsigned attributes, unsigned code)
{
    parameter->type = ob_ndr_compile_base(c, code);
    parameter->passing =
        (attributes & PARAM_SIMPLE_REF) != 0 ? OB_NDR_BY_REFERENCE : OB_NDR_BY_VALUE;
    /* The calling convention leaves the upper bits of a short to the caller, and the format string
     * does not tell its sign. */
    if (parameter->type != NULL && parameter->passing == OB_NDR_BY_VALUE &&
        parameter->type->size == 2) {
        ob_ndr_refuse(c, "a short by value", code);
    }
}

static void compile_typed_parameter(ob_ndr_compiler *c, ob_ndr_parameter *parameter, int slot,
                                    unsigned attributes, const unsigned char *at)
{
    const bool simple_ref = (attributes & PARAM_SIMPLE_REF) != 0;
    if (at[0] == FC_BIND_CONTEXT) {
        compile_context(c, parameter, slot, at);
        return;
    }
    const ob_ndr_type *type = ob_ndr_compile_type(c, at);
    if (type == NULL) {
        return;
    }
    parameter->type = type;
    parameter->passing = OB_NDR_BY_REFERENCE;
    if (!simple_ref && type->kind == OB_NDR_POINTER) {
        if (type->is_ref) {
            parameter->type = type->target;
        } else {
            parameter->passing = OB_NDR_BY_POINTER;
        }
    } else if (!simple_ref && type->kind == OB_NDR_BASE) {
        parameter->passing = OB_NDR_BY_VALUE;
    } else if (!simple_ref && type->kind == OB_NDR_STRUCT) {
        ob_ndr_refuse(c, "a struct by value", at[0]);
    }
}

/* A count is known before its array and stays as it is during the call. */
static void check_count(ob_ndr_compiler *c, const ob_ndr_parameter *parameter, unsigned slot)
{
    const ob_ndr_type *type = parameter->type;
    while (type != NULL && type->kind == OB_NDR_POINTER) {
        type = type->target;
    }
    if (type == NULL || type->kind != OB_NDR_CONFORMANT || !type->count.of_parameter) {
        return;
    }
    if (type->count.slot >= slot) {
        ob_ndr_refuse(c, "a count that follows its array", type->count.slot);
        return;
    }
    const ob_ndr_parameter *count = &c->procedure->parameters[type->count.slot];
    const bool by_reference = count->passing == OB_NDR_BY_REFERENCE;
    const bool fits = count->type != NULL && count->type->kind == OB_NDR_BASE &&
                      count->type->size == type->count.size &&
                      by_reference == type->count.dereference;
    /* Memory that the stub allocates before the call needs a count that came with the call. */
    const bool needed = parameter->in || parameter->type == type;
    if (!fits || (count->in && count->out) || (needed && !count->in)) {
        ob_ndr_refuse(c, "a count of this kind", type->count.slot);
    }
}

static void compile_parameter(ob_ndr_compiler *c, unsigned slot, const unsigned char *at)
{
    ob_ndr_parameter *parameter = &c->procedure->parameters[slot];
    const unsigned attributes = ob_ndr_u16(at);
    if ((attributes & ~(unsigned)PARAM_KNOWN) != 0 || (attributes & PARAM_RETURN) != 0 ||
        ob_ndr_u16(at + 2) != slot * 8) {
        ob_ndr_refuse(c, "a parameter's attribute", attributes);
        return;
    }
    parameter->in = (attributes & PARAM_IN) != 0;
    parameter->out = (attributes & PARAM_OUT) != 0;
    if ((attributes & PARAM_BASE) != 0) {
        compile_base_parameter(c, parameter, attributes, at[4]);
    } else {
        compile_typed_parameter(c, parameter, (int)slot, attributes, c->types + ob_ndr_u16(at + 4));
    }
    if (OB_FAILED(c->status)) {
        return;
    }
    const bool by_reference =
        parameter->passing == OB_NDR_BY_REFERENCE || parameter->passing == OB_NDR_CONTEXT_REFERENCE;
    if ((!parameter->in && !parameter->out) || (parameter->out && !by_reference)) {
        ob_ndr_refuse(c, "an [out] parameter by value", attributes);
    } else if (parameter->in && parameter->out && parameter->type != NULL &&
               parameter->type->has_pointers) {
        ob_ndr_refuse(c, "[in, out] with pointers inside", attributes);
    }
    check_count(c, parameter, slot);
}

/* The explicit handle's description; returns what follows it. */
static const unsigned char *compile_handle(ob_ndr_compiler *c, const unsigned char *at)
{
    switch (at[0]) {
    case FC_BIND_GENERIC:
        if ((at[1] & 0x0f) > 8 || ob_ndr_u16(at + 2) != 0) {
            ob_ndr_refuse(c, "a generic handle of this size or place", at[1]);
        }
        c->procedure->generic_handle = true;
        c->procedure->binding_pair = at[4];
        return at + 6;
    case FC_BIND_CONTEXT:
        return at + 6;
    default:
        ob_ndr_refuse(c, "a binding by this kind of handle", at[0]);
        return at;
    }
}

static void compile_result(ob_ndr_compiler *c, const unsigned char *at)
{
    const unsigned attributes = ob_ndr_u16(at);
    if (attributes != (PARAM_OUT | PARAM_RETURN | PARAM_BASE) || at[4] != FC_LONG) {
        ob_ndr_refuse(c, "a result other than a status", at[4]);
    }
}

static void compile_procedure(ob_ndr_compiler *c, PFORMAT_STRING at)
{
    enum { HAS_RPC_FLAGS = 0x08, HAS_RETURN = 0x04, HAS_EXTENSIONS = 0x40, KNOWN_OI2 = 0x47 };
    const unsigned handle = at[0];
    const unsigned char *p = at + ((at[1] & HAS_RPC_FLAGS) != 0 ? 6 : 2);
    c->procedure->opnum = ob_ndr_u16(p);
    p += 4;
    if (handle != 0) {
        ob_ndr_refuse(c, "an implicit handle", handle);
        return;
    }
    p = compile_handle(c, p);
    if (OB_FAILED(c->status)) {
        return;
    }
    p += 4; /* size hints */
    const unsigned flags = p[0];
    const unsigned count = p[1];
    p += 2;
    if ((flags & ~(unsigned)KNOWN_OI2) != 0 || (flags & HAS_RETURN) == 0 || count == 0 ||
        count - 1 > OB_NDR_SLOTS) {
        ob_ndr_refuse(c, "a procedure of these flags or so many parameters", flags);
        return;
    }
    if ((flags & HAS_EXTENSIONS) != 0) {
        p += p[0];
    }
    c->procedure->parameter_count = (uint8_t)(count - 1);
    for (unsigned i = 0; i + 1 < count && !OB_FAILED(c->status); i++, p += 6) {
        compile_parameter(c, i, p);
    }
    if (!OB_FAILED(c->status)) {
        compile_result(c, p);
    }
    if (!OB_FAILED(c->status) && !c->procedure->generic_handle &&
        (c->procedure->context_slot < 0 ||
         !c->procedure->parameters[c->procedure->context_slot].in)) {
        ob_ndr_refuse(c, "a call without a handle", handle);
    }
}

ob_status ob_ndr_compile(ob_ndr_procedure **out, const MIDL_STUB_DESC *desc, PFORMAT_STRING format)
{
    ob_ndr_procedure *procedure = ob_calloc(1, sizeof *procedure);
    if (procedure == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "compiling a format string");
    }
    procedure->desc = desc;
    procedure->context_slot = -1;
    ob_ndr_compiler c = {.procedure = procedure, .types = desc->pFormatTypes};
    compile_procedure(&c, format);
    if (OB_FAILED(c.status)) {
        ob_ndr_procedure_free(procedure);
        return c.status;
    }
    *out = procedure;
    return OB_OK;
}

void ob_ndr_procedure_free(ob_ndr_procedure *procedure)
{
    if (procedure == NULL) {
        return;
    }
    while (procedure->types != NULL) {
        ob_ndr_type *type = procedure->types;
        procedure->types = type->next;
        ob_free((void *)(uintptr_t)type->fields);
        ob_free(type);
    }
    ob_free(procedure);
}
