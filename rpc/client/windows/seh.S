/*
 * ob_seh_call(): __try { function(context); } __except (ob_seh_filter()), which GCC cannot express.
 * The frame: 32 bytes for the callee's arguments, then the exception's code, written by the filter.
 */
    .text
    .globl ob_seh_call
    .def ob_seh_call; .scl 2; .type 32; .endef
    .seh_proc ob_seh_call
ob_seh_call:
    subq $56, %rsp
    .seh_stackalloc 56
    .seh_endprologue
    movq %rcx, %rax
    movq %rdx, %rcx
.Ltry_begin:
    call *%rax
    nop /* the return address must lie inside of the range */
.Ltry_end:
    xorl %eax, %eax
    jmp .Lreturn
.Lexcept:
    movl 32(%rsp), %eax
.Lreturn:
    addq $56, %rsp
    ret
    .seh_handler __C_specific_handler, @except
    .seh_handlerdata
    .long 1
    .rva .Ltry_begin, .Ltry_end, ob_seh_filter, .Lexcept
    .text
    .seh_endproc
